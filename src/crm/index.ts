export type { Activities, ActivityDraft, ActivityKey, ActivityOutcome, ActivityRow } from './activities/contract.ts'
export { activityKey } from './activities/key.ts'
export { retryAfter } from './activities/retry-after.ts'
export type {
  CallCounts,
  CreateOutcome,
  CreateRow,
  Crm,
  CrmField,
  FieldDraft,
  FieldKind,
  FieldMade,
  Finding,
  GoneRecord,
  HistoryEntry,
  Reading,
  RejectedField,
  ScannedRecord,
  SearchKey,
  Wire,
  WriteOutcome,
  WriteRow,
} from './contract.ts'
export { type CheckConnection, createChecks } from './create-checks.ts'
export { fieldPrint } from './field-print.ts'
export { hubspot } from './hubspot/kind.ts'
export type { CrmKind, OpenCrm } from './kind.ts'
export { type KnownConnection, listConnections } from './list-connections.ts'
export { readSchema, storedFields } from './read-schema.ts'
export { rememberConnection } from './remember-connection.ts'
export {
  coalesce,
  notWritten,
  outcomeOf,
  type Row,
  settledEmpty,
  together,
  type Verdict,
  withoutFields,
  written,
} from './rows.ts'
export { salesforce } from './salesforce/kind.ts'
export { formatSnapshot, readSnapshot, type Snapshot } from './snapshot.ts'
export { endWaits, readStops, type Stop } from './stops/store.ts'
export { askedAgain, stoppedHold, unlessStopped } from './stops/unless-stopped.ts'
export { createValues } from './values/dialect.ts'
export { isReformat } from './values/is-reformat.ts'
export { refusalOf } from './values/refusal-of.ts'
export { accountOf, nounOf, objectOf, ownFieldName, recordIdOf, toExternalId } from './words.ts'
