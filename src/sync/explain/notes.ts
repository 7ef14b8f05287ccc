import type { CrmField } from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'
import { type Paces, quietHold } from '../../limits/index.ts'
import type { Mapping, SetEvent } from '../../mapping/index.ts'
import { creationOf } from '../create/store.ts'
import { writePermissions } from '../mapping-store.ts'
import { writesField } from '../timeline/stamps.ts'
import type { CellState } from '../timeline/types.ts'
import type { Voices } from '../timeline/voices.ts'
import type { ContactRecordOf } from './explain-record.ts'
import { markOf } from './store.ts'

type Cell = {
  field: CrmField | null | undefined
  name: string
  record: ContactRecordOf
  state: CellState | undefined
  voices: Voices | null
  mappings: readonly Mapping[]
  sets: readonly SetEvent[]
  paces: Paces
  now: Date
}

/** What limits what is known of a cell, or what is done to it, each in a sentence. */
export async function notesOn(db: Db, cell: Cell): Promise<string[]> {
  const mark = await markOf(db, cell.record)
  const about = [...(await aboutRules(db, cell)), ...aboutHistory(cell), ...aboutWrites(cell), ...aboutPush(cell, mark)]
  return [...(await aboutCreation(db, cell)), ...about]
}

async function aboutRules(db: Db, { name, voices, mappings }: Cell): Promise<string[]> {
  const active = mappings.flatMap((mapping) => mapping.rules.filter((rule) => writesField(rule, name)))
  const mapping = voices?.rule.mapping ?? active[0]?.mapping
  const notes: string[] = []
  if (!voices)
    notes.push(`No run has released anything to ${name}: it is not written until a conversation says something.`)
  else if (active.length === 0)
    notes.push(
      'The rule was removed or renamed: nothing new is released to it; what was released stays and can be undone.',
    )
  else if (!active.some((rule) => rule.hash === voices.rule.hash))
    notes.push('The rule was changed since: a changed rule takes over at the next release.')
  if (mapping !== undefined && (active.length > 0 || voices) && !(await writePermissions(db))(mapping))
    notes.push(`Mapping ${mapping} only watches (write: false): nothing is written.`)
  return notes
}

async function aboutCreation(db: Db, { record: { connection, recordId } }: Cell): Promise<string[]> {
  const made = await creationOf(db, recordId)
  if (made === undefined) return []
  const { at, runId, actor, keyField } = made
  return [
    `Run ${runId} by ${actor} created the record on ${at.toISOString()}: ${connection} had none; its key is ${keyField}.`,
  ]
}

function aboutHistory({ field, name, record: { connection, object }, sets }: Cell): string[] {
  if (field === undefined) return [`The fields of ${object} of ${connection} have not been read yet.`]
  if (field === null) return [`${connection} has no field ${name} any more: nothing is written to it.`]
  if (!field.hasHistory)
    return [
      `${connection} keeps no history of ${name}: the times of changes by others are “at the latest”, and who made them is unknown.`,
    ]
  if (sets.some((event) => event.atLatest))
    return ['“At the latest”: nobody kept the time; it is the last change of the record that is known.']
  return []
}

function aboutWrites({ record: { connection }, state }: Cell): string[] {
  const notes: string[] = []
  if (state?.rejected)
    notes.push(
      `${connection} refused ${JSON.stringify(state.rejected.wire)} (${state.rejected.reason}): not sent again until the value, the rule or the field changes, or on afterword retry.`,
    )
  if (state?.setBack)
    notes.push(
      `Something that is no person has set back ${JSON.stringify(state.setBack.wire)} ${state.setBack.times} times; after 3 times it is left (contested).`,
    )
  return notes
}

function aboutPush({ record: { connection }, paces, now }: Cell, mark: { reason: string } | null): string[] {
  if (mark === null) return []
  const hold = quietHold(paces, connection, now)
  return [
    hold === null
      ? 'The record waits to be looked at by the next push.'
      : `The record waits to be pushed: held: ${hold.why}.`,
  ]
}
