export type { ContactsAnnouncements } from './announcements.ts'
export { contactValues } from './contact-values.ts'
export { editContact } from './edit-contact.ts'
export { ensureContacts } from './ensure-contacts.ts'
export { keysToForget, recordsOfPerson, removePerson } from './erase-store.ts'
export { type FoundContact, findContact } from './find-contact.ts'
export { findEnds } from './find-ends.ts'
export { findRecord } from './find-record.ts'
export { followMerge } from './follow-merge.ts'
export {
  erasureLock,
  type Forgettable,
  insertForgotten,
  keyedHash,
  selectForgotten,
  selectHashKey,
} from './forgotten-store.ts'
export { goneSince } from './gone-store.ts'
export { imagineRecord } from './imagine-record.ts'
export { importConnection } from './import-connection.ts'
export { importLock } from './import-page.ts'
export { type ImportSummary, importRecords } from './import-records.ts'
export { type ImportStatus, importStatus } from './import-status.ts'
export { isImported } from './import-store.ts'
export { local } from './local/kind.ts'
export { ownConnection, ownSchema } from './local/own-schema.ts'
export { lookUp } from './look-up.ts'
export { toE164 } from './numbers.ts'
export { type ImportPlan, planImports } from './plan-imports.ts'
export { fieldsToScan } from './record-keys.ts'
export { type FoundRecord, findHolders, isGone, markGone, recordsByExternalId } from './record-store.ts'
export { type ImportReport, selectReports as reportImports } from './scan-store.ts'
export { takeCreated } from './take-created.ts'
export { takeDueImports } from './take-due-imports.ts'
export { takeGone } from './take-gone.ts'
