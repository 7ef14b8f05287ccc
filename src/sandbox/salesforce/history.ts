import { type Field, isLong } from './fields.ts'
import type { Org } from './org.ts'
import { nextId, type Revision, type SalesRecord, type Value } from './records.ts'

/** One line of field history, as the org keeps it. */
export type HistoryRow = {
  id: string
  field: string
  dataType: string
  oldValue: Value
  newValue: Value
  at: number
  by: string
}

/** Tells of a change from `before` to the revision, and corrects what the next one says it came from. */
export function tellHistory(
  org: Org,
  record: SalesRecord,
  field: Field,
  before: Value,
  { value, at, by }: Revision,
): void {
  // Long text areas and multi-select picklists tell only that they changed (crm.md 4.9).
  const silent = isLong(field) || field.type === 'multipicklist'
  const told = { field: historyName(field), dataType: DATA_TYPES[field.type] ?? 'Text', at, by }
  addHistory(org, record, { ...told, oldValue: silent ? null : before, newValue: silent ? null : value })
  const later = record.history.filter((row) => row.field === told.field && row.at > at)
  const next = later.toSorted((a, b) => a.at - b.at)[0]
  if (next && !silent) next.oldValue = value
}

const DATA_TYPES: Record<string, string> = {
  boolean: 'Boolean',
  int: 'Integer',
  double: 'Double',
  currency: 'Currency',
  percent: 'Percent',
  date: 'DateOnly',
  datetime: 'DateTime',
  picklist: 'Picklist',
  multipicklist: 'MultiPicklist',
  phone: 'Phone',
  email: 'Email',
  url: 'Url',
  textarea: 'TextArea',
  reference: 'EntityId',
}

/** `AccountId` stands in the history as `Account`. */
function historyName(field: Field): string {
  return field.type === 'reference' && !field.custom ? field.name.replace(/Id$/, '') : field.name
}

/** Adds a line with the next id. */
export function addHistory(org: Org, record: SalesRecord, row: Omit<HistoryRow, 'id'>): void {
  record.history.push({ id: nextId(org, '017'), ...row })
}

/** Whether the org tracks any field of the object. */
export function keepsHistory(org: Org, object: string): boolean {
  return (object === 'Contact' || object === 'Lead') && !org.settings.historyOff.includes('*')
}

/** Whether changes of the field leave a line. */
export function isTracked(org: Org, object: string, field: Field): boolean {
  return keepsHistory(org, object) && field.trackHistory && !org.settings.historyOff.includes(field.name)
}
