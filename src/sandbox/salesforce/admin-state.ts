import type { RequestLog } from '../request-log.ts'
import type { Fault } from './faults.ts'
import type { HistoryRow } from './history.ts'
import type { RecordObject } from './objects/index.ts'
import type { OperationName } from './operation.ts'
import type { Org } from './org.ts'
import type { SalesRecord, Value } from './records.ts'
import { allValues, instantOf } from './render.ts'
import type { Settings } from './settings.ts'

export type RecordState = {
  id: string
  object: RecordObject
  isDeleted: boolean
  createdAt: string
  createdById: string
  modifiedAt: string
  modifiedById: string
  /** All that is set, the fields that the org keeps by itself included. */
  values: Record<string, Value>
  /** As the org keeps it, in the order it was written. */
  history: HistoryRow[]
}

export type SandboxState = {
  records: Partial<Record<RecordObject, RecordState[]>>
  settings: Settings
  faults: Fault[]
  requests: RequestLog<OperationName>
}

/** A copy: what happens later does not change it. */
export function stateOf(org: Org): SandboxState {
  const records = Object.groupBy(
    [...org.records.values()].map((record) => recordState(org, record)),
    ({ object }) => object,
  )
  return structuredClone({ records, settings: org.settings, faults: org.faults, requests: org.log })
}

/** What the admin tells of one record. */
export function recordState(org: Org, record: SalesRecord): RecordState {
  const { id, object, isDeleted, createdAt, createdBy, modifiedAt, modifiedBy, history } = record
  return {
    id,
    object,
    isDeleted,
    createdAt: instantOf(createdAt),
    createdById: createdBy,
    modifiedAt: instantOf(modifiedAt),
    modifiedById: modifiedBy,
    values: allValues(org, record),
    history,
  }
}
