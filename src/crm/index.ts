export type {
  CallCounts,
  Crm,
  CrmField,
  FieldKind,
  HistoryEntry,
  Reading,
  ScannedPage,
  ScannedRecord,
  Wire,
  WriteOutcome,
  WriteRow,
} from './contract.ts'
export { type CheckConnection, createChecks } from './create-checks.ts'
export { hubspot } from './hubspot/kind.ts'
export type { CrmKind, OpenCrm } from './kind.ts'
export { readSchema } from './read-schema.ts'
export { rememberConnection } from './remember-connection.ts'
export { salesforce } from './salesforce/kind.ts'
export { findSchema } from './store.ts'
export { isReformat } from './values/is-reformat.ts'
export { accountOf, nounOf, objectOf, recordIdOf, toExternalId } from './words.ts'
