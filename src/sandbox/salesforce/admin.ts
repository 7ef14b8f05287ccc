import { momentOf } from '../admin-routes.ts'
import { badOrder } from '../refusal.ts'
import type { RequestLog } from '../request-log.ts'
import { type RecordState, recordState, type SandboxState, stateOf } from './admin-state.ts'
import { convertLead } from './convert-lead.ts'
import { defineField } from './custom-fields.ts'
import type { FaultOrder } from './faults.ts'
import type { FieldDraft } from './field-draft.ts'
import type { Field } from './fields.ts'
import { fullId } from './ids.ts'
import { judgeSave, requireReadableRow } from './judge-save.ts'
import { mergeRecords } from './merge.ts'
import type { ObjectType } from './objects/index.ts'
import type { OperationName } from './operation.ts'
import { type Org, resetOrg } from './org.ts'
import { addRecord, changeRecord, findRecord, objectOf, type SalesRecord, type Value } from './records.ts'
import { refuseRow } from './refusals.ts'
import { setDeleted } from './remove.ts'
import { commitSave } from './save.ts'
import type { Settings } from './settings.ts'
import { defineTaskStatuses, type TaskStatusDraft } from './task-statuses.ts'
import { type Editor, usersOf } from './users.ts'

type Values = Readonly<Record<string, Value>>

/** A record that is there before the story begins; `at` is ISO 8601, now unless given; by a person unless told. */
export type SeedRecord = { id?: string; values: Values; at?: string; source?: Editor }

/** A change by anyone, at any time; with `at` in the past it may not be the current value. */
export type Edit = { object: string; id: string; values: Values; as: Editor; at?: string }

export type RecordName = { object: string; id: string }

/** What a test or the demo may see and do behind the API's back; it knows no session, no limit and no fault. */
export type Admin = ReturnType<typeof createAdmin>

/** The functions beside the API; `server.ts` offers them to the process, `admin-routes.ts` by HTTP. */
export function createAdmin(org: Org) {
  return {
    state: (): SandboxState => stateOf(org),
    /** A copy of the request log alone: cheap, for before and after. */
    requests: (): RequestLog<OperationName> => structuredClone(org.log),
    /** Back to the empty org it started as: request log, sessions, settings and faults included. */
    reset: () => resetOrg(org),
    /** Answers the ids in the order given. */
    createRecords: (object: string, seeds: readonly SeedRecord[]): string[] =>
      seeds.map((seed) => createSeed(org, requireWritable(org, object), seed)),
    edit: (edit: Edit): RecordState => editRecord(org, edit),
    defineFields: (object: string, drafts: readonly FieldDraft[]): Field[] =>
      drafts.map((draft) => defineField(org, object, draft)),
    /** What the org calls the states of a task, and which of them mean that it is done. */
    defineTaskStatuses: (statuses: readonly TaskStatusDraft[]): void => defineTaskStatuses(org, statuses),
    /** Hides custom fields from the user we are, as field-level security does, or deletes them: the API knows no difference. */
    removeFields: (object: string, names: readonly string[]): void => {
      for (const name of names) objectOf(org, object)?.fields.delete(name.toLowerCase())
    },
    /** The winner keeps its id, the loser is deleted and names its master. */
    merge: (order: { object: string; winnerId: string; loserId: string }): void => {
      const named = [order.winnerId, order.loserId].map((id) => requireRecord(org, { object: order.object, id }))
      const [winner, loser] = named
      if (winner && loser) mergeRecords(org, winner, loser)
    },
    convertLead: (order: { id: string }): { contactId: string; accountId: string } =>
      convertLead(org, requireRecord(org, { object: 'Lead', id: order.id })),
    /** Into the recycle bin, by a person. */
    remove: (name: RecordName): void => setDeleted(org, requireRecord(org, name), true, usersOf(org.userId).person.id),
    undelete: (name: RecordName): void =>
      setDeleted(org, requireRecord(org, name), false, usersOf(org.userId).person.id),
    /** Ends all sessions there are; a new one can be had at the token endpoint. */
    expireSessions: (): void => org.sessions.clear(),
    addFault: (order: FaultOrder): void => {
      org.faults.push({ ...order, times: order.times ?? 1 })
    },
    /** What was to go wrong goes right from now on. */
    endFaults: (): void => void org.faults.splice(0),
    configure: (changes: Partial<Settings>): Settings => Object.assign(org.settings, changes),
    /** Resolves when no workflow's call is under way any more. */
    settled: () => org.callouts.settled(),
  }
}

function createSeed(org: Org, object: ObjectType, { id, values, at, source = 'person' }: SeedRecord): string {
  const full = id === undefined ? undefined : fullId(id)
  if (id !== undefined && (!full?.startsWith(object.keyPrefix) || org.records.has(full))) {
    throw badOrder(`${id} is not a free ${object.name} id`)
  }
  const judged = requireValid(org, object, undefined, values)
  const who = { by: usersOf(org.userId)[source].id, at: at === undefined ? org.clock() : momentOf(at) }
  const record = addRecord(org, object, { ...who, id: full })
  changeRecord(org, record, judged, who)
  return record.id
}

function editRecord(org: Org, { object: type, id, values, as, at }: Edit): RecordState {
  const object = requireWritable(org, type)
  const record = requireRecord(org, { object: type, id })
  const judged = requireValid(org, object, record, values)
  const by = usersOf(org.userId)[as].id
  const save = { object, record, values: judged }
  return recordState(org, commitSave(org, save, by, at === undefined ? org.clock() : momentOf(at)))
}

function requireValid(org: Org, object: ObjectType, record: SalesRecord | undefined, row: Values): Map<Field, Value> {
  requireReadableRow(org, object.name, row)
  const judged = judgeSave(org, object, record, row)
  if (judged.errors) throw refuseRow(judged.errors)
  return judged.values
}

function requireWritable(org: Org, type: string): ObjectType {
  const object = objectOf(org, type)
  if (!object?.writable) throw badOrder(`there is no object ${type} with records to write`)
  return object
}

function requireRecord(org: Org, { object, id }: RecordName): SalesRecord {
  const record = findRecord(org, id)
  if (record?.object.toLowerCase() !== object.toLowerCase() || !record)
    throw badOrder(`there is no ${object} ${id}`, 404)
  return record
}
