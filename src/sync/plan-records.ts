import type { CallCounts, Crm, CrmField, Reading } from '../crm/index.ts'
import type { Db } from '../db/index.ts'
import { decisionFor } from './decide.ts'
import { switchedOn } from './mapping-store.ts'
import { nothingKnown, resolveMerges } from './merge/resolve-merges.ts'
import type { KnownMerges, MakeMerges } from './merge/types.ts'
import { type CellScope, type PlannedCell, planCell, spellingOf } from './plan-cell.ts'
import { readCells } from './read-cells.ts'
import type { Decision } from './says.ts'
import { type Classified, classify } from './timeline/classify.ts'
import { knownOf } from './timeline/known-of.ts'
import { loadFacts, type RecordFacts } from './timeline/load-facts.ts'

export type PlannedRecord = {
  facts: RecordFacts
  /** null: the CRM has no such record any more. */
  reading: Reading | null
  cells: PlannedCell[]
  /** What each waiting contribution sees decided, per field. */
  decisions: Map<number, Record<string, Decision>>
}

export type PlanDeps = {
  db: Db
  crm: Crm
  fields: CrmField[]
  /** Whether a mapping may write (`write: true`), by its name. */
  mayWrite: (mapping: string) => boolean
  now: () => Date
  /** Asks a model for texts that cells lack; without it only texts that were made already are used, and the other cells held. */
  makeMerges?: MakeMerges | undefined
  merges?: KnownMerges
  /** What is planned with, where it is not what is stored. */
  suppose?: (facts: RecordFacts) => RecordFacts
  /** The only fields to look at; all that anything was released to unless given. */
  only?: ReadonlySet<string>
}

/**
 * What a push would do with these records: reads the CRM's current values, and history only where it can tell something
 * new, then folds every cell. Writes nothing, neither here nor there. Throws the CRM's `AppError` where it cannot be read.
 */
export async function planRecords(
  deps: PlanDeps,
  object: string,
  recordIds: number[],
  counts: CallCounts,
): Promise<PlannedRecord[]> {
  const merges = deps.merges ?? nothingKnown()
  const stored = await loadFacts(deps.db, recordIds)
  const records = deps.suppose ? stored.map(deps.suppose) : stored
  const { planned, isMade } = await planKnown({ ...deps, merges }, object, records, counts)
  // A model takes its time, and the CRM did not wait: what is about to be written is decided on what stands there now.
  return isMade ? planRecords({ ...deps, merges, makeMerges: undefined }, object, recordIds, counts) : planned
}

/** The same for facts that are loaded already, or are what they would be; no model is asked for a text. */
export async function planFacts(
  deps: Omit<PlanDeps, 'makeMerges' | 'merges' | 'suppose'>,
  object: string,
  records: RecordFacts[],
  counts: CallCounts,
): Promise<PlannedRecord[]> {
  return (await planKnown({ ...deps, merges: nothingKnown() }, object, records, counts)).planned
}

async function planKnown(
  deps: PlanDeps & { merges: KnownMerges },
  object: string,
  records: RecordFacts[],
  counts: CallCounts,
): Promise<{ planned: PlannedRecord[]; isMade: boolean }> {
  const { db, crm, merges } = deps
  if (records.length === 0) return { planned: [], isMade: false }
  const since = await switchedOn(db, crm.connection, object)
  const schema = new Map(deps.fields.map((field) => [field.name, field]))
  const scopesOf = (facts: RecordFacts): CellScope[] =>
    fieldNames(facts).flatMap((name) => {
      const field = deps.only?.has(name) === false ? undefined : schema.get(name)
      return field ? [{ crm, field, facts, mayWrite: deps.mayWrite }] : []
    })
  const drafts = records.map((facts) => ({ facts, scopes: scopesOf(facts) }))
  const { readings, readAt, historyOf } = await readCells(deps, object, drafts, since, counts)

  const looks = drafts.map(({ facts, scopes }) => {
    const reading = readings.get(facts.externalId)
    const cells = scopes.flatMap((scope) => {
      if (!reading) return []
      const { name } = scope.field
      const look = {
        current: reading.values[name] ?? null,
        changedAt: reading.changedAt?.getTime() ?? null,
        othersChangedAt: othersChangedAt(reading, facts),
        changedByUs: reading.changedByUs ?? false,
        readAt,
        history: historyOf(facts.externalId, name),
      }
      return [{ scope, classified: classify(look, knownOf(scope, since, readAt), spellingOf(scope)) }]
    })
    return { facts, reading: reading ?? null, cells }
  })
  const plan = () =>
    looks.map(({ facts, reading, cells: known }): PlannedRecord => {
      const cells = planCells(known, merges)
      return { facts, reading, cells, decisions: decisionsOf(facts, reading !== null, cells, schema) }
    })
  const { plan: planned, isMade } = await resolveMerges(deps, merges, plan, needsOf)
  return { planned, isMade }
}

function needsOf(planned: PlannedRecord[]) {
  return planned.flatMap(({ facts, cells }) =>
    cells.flatMap(({ field, folded }) => (folded.needs ? [{ facts, field, merge: folded.needs }] : [])),
  )
}

function fieldNames(facts: RecordFacts): string[] {
  // A field that everybody was silent about is none of ours yet: not even read.
  const released = facts.releases.flatMap(({ vals }) =>
    Object.keys(vals).filter((name) => vals[name]?.says !== 'silent'),
  )
  const left = facts.traces.map((trace) => trace.field)
  return [...new Set([...Object.keys(facts.cells), ...Object.keys(facts.forgotten), ...released, ...left])].sort()
}

/** Plans the cells of one record, each once; what a stamp follows is planned when it is asked for. */
function planCells(known: { scope: CellScope; classified: Classified }[], merges: KnownMerges): PlannedCell[] {
  const looks = new Map(known.map((look) => [look.scope.field.name, look]))
  const made = new Map<string, PlannedCell>()
  const planned = (name: string): PlannedCell | undefined => {
    const look = looks.get(name)
    // Taken out first: two fields that are each other's stamps by rules of different days must not go round and round.
    looks.delete(name)
    if (look === undefined) return made.get(name)
    const cell = planCell(look.scope, look.classified, planned, merges)
    made.set(name, cell)
    return cell
  }
  for (const { scope } of known) planned(scope.field.name)
  return [...made.values()]
}

/** Of a record that we changed last, the last change by others is the one that we knew of before. */
function othersChangedAt(reading: Reading, facts: RecordFacts): number | null {
  const changedAt = reading.changedByUs ? (facts.changedAt ?? reading.changedAt) : reading.changedAt
  return changedAt?.getTime() ?? null
}

function decisionsOf(
  facts: RecordFacts,
  isThere: boolean,
  cells: PlannedCell[],
  schema: Map<string, CrmField>,
): PlannedRecord['decisions'] {
  const there = new Set(facts.conversations.map((each) => each.conversationId))
  return new Map(
    facts.pending.map((contribution) => {
      const decisions = Object.entries(contribution.vals).map(([field, val]): [string, Decision] => {
        const cell = cells.find((each) => each.field === field)
        // Deleted while it waited: it is heard no more.
        if (!there.has(contribution.conversationId))
          return [field, { decision: 'silent', why: 'deleted', rule: val.rule }]
        if (cell) return [field, decisionFor(contribution.conversationId, cell, val)]
        if (val.says === 'silent') {
          const decision = val.why === 'not_translated' ? 'not_translated' : 'silent'
          return [field, { decision, why: val.why, rule: val.rule }]
        }
        if (!isThere) return [field, { decision: 'no_record', why: 'gone', rule: val.rule }]
        const why = schema.has(field) ? 'not_planned' : 'no_such_field'
        return [field, { decision: 'rejected', why, rule: val.rule }]
      })
      return [contribution.id, Object.fromEntries(decisions)]
    }),
  )
}
