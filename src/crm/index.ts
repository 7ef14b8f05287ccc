export type {
  CallCounts,
  Crm,
  CrmField,
  FieldKind,
  HistoryEntry,
  Reading,
  ScannedRecord,
  Wire,
  WriteOutcome,
  WriteRow,
} from './contract.ts'
export { createHubspot, type HubspotOptions } from './hubspot/adapter.ts'
export { readSchema } from './read-schema.ts'
export { rememberConnection } from './remember-connection.ts'
