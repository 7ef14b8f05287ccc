import { type Crm, type CrmField, readSchema } from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'
import { itemsNamed, type Mapping, type Rule, type Says } from '../../mapping/index.ts'
import { decisionFor } from '../decide.ts'
import { activeMappings, writePermissions } from '../mapping-store.ts'
import { nothingKnown, resolveMerges } from '../merge/resolve-merges.ts'
import { type CellScope, type PlannedCell, planCell, takeFor } from '../plan-cell.ts'
import type { RunCell } from '../run-cells.ts'
import { loadFacts } from '../timeline/load-facts.ts'
import { stampedFields } from '../timeline/stamps.ts'
import { type Voices, voicesOf } from '../timeline/voices.ts'
import { cellKey, isMarked, linkedTo, writtenSince } from './store.ts'

type Wanted = { conversationId: string; item?: string; runId: number }

/**
 * What a correction, or its withdrawal, does to CRM fields: every cell of which a rule reads the item, as its value or in its condition; and
 * without an item what a rerun does: every cell to which the conversation has something to say. Once pushed, from what stood there to what was
 * written; until then (`waiting`) from what we last saw to what the push will write. Where nothing has released the field to
 * the record, or only later conversations, the cell is `silent` (`not_released`, `stays_out`). Reads only our own database; a
 * CRM only for a schema never read before.
 */
export async function correctionCells(
  deps: { db: Db; crms: Map<string, Crm> },
  { conversationId, item, runId }: Wanted,
): Promise<{ cells: RunCell[]; waiting: boolean }> {
  const { db } = deps
  const links = await linkedTo(db, conversationId)
  const recordIds = links.map((link) => link.recordId)
  const waiting = await isMarked(db, recordIds)
  const [facts, written, mayWrite, mappings] = await Promise.all([
    loadFacts(db, recordIds),
    writtenSince(db, recordIds, runId),
    writePermissions(db),
    activeMappings(db),
  ])
  const cells: RunCell[] = []
  for (const { recordId, connection, object } of links) {
    const own = facts.find((each) => each.recordId === recordId)
    const crm = deps.crms.get(connection)
    if (!own || !crm) continue
    const rules = item === undefined ? new Map<string, Rule[]>() : rulesReading(item, mappings, { connection, object })
    const schema = await readSchema({ db, crm }, object, { maxAgeMs: Number.POSITIVE_INFINITY })
    for (const field of schema) {
      const scope: CellScope = { crm, field, facts: own, mayWrite }
      const voices = voicesOf(field.name, own, takeFor(scope))
      const heardBy = voices?.rules ?? rules.get(field.name) ?? []
      const says = saidBy(voices, conversationId)
      // Where the conversation has no word, nothing follows a condition.
      const reads = (each: Rule) => item === undefined || (says ? itemsNamed(each) : each.from).includes(item)
      const rule = heardBy.find(reads)
      if (!rule || (item === undefined && says === null)) continue
      const cell = { connection, externalId: own.externalId, field: field.name }
      const seen = own.cells[field.name]?.seen ?? null
      const change = written.get(cellKey(recordId, field.name))
      if (says === null) {
        const why = voices ? 'stays_out' : 'not_released'
        cells.push({ ...cell, before: seen, after: seen, decision: { decision: 'silent', why, rule: rule.hash } })
      } else if (change) {
        const { decision, event, rule, after } = change.change
        const told = { decision: decision === 'retract' ? ('retract' as const) : ('write' as const), rule }
        cells.push({ ...cell, before: change.before, after, decision: event === null ? told : { ...told, by: event } })
      } else {
        const planned = await planStored(db, scope, schema)
        const decision = decisionFor(conversationId, planned, says)
        const writes = planned.act.action === 'write' || planned.act.action === 'retract'
        cells.push({ ...cell, before: seen, after: writes ? planned.act.after : seen, decision })
      }
    }
  }
  return { cells, waiting }
}

/** What a push would do with a cell that still holds what we last saw, with the merged texts there are. */
async function planStored(db: Db, scope: CellScope, schema: readonly CrmField[]): Promise<PlannedCell> {
  const merges = nothingKnown()
  const planOf = (field: CrmField): PlannedCell => {
    const state = scope.facts.cells[field.name] ?? { seen: null, ours: false, historyAt: null }
    const planned = (name: string) => schema.filter((each) => each.name === name).map(planOf)[0]
    return planCell({ ...scope, field }, { events: [], wrote: false, state }, planned, merges)
  }
  const plan = () => planOf(scope.field)
  const needsOf = ({ folded }: PlannedCell) => (folded.needs ? [{ merge: folded.needs }] : [])
  return (await resolveMerges({ db }, merges, plan, needsOf)).plan
}

/** The active rules of an object that read an item, by field; stamps go with theirs. */
function rulesReading(item: string, mappings: Mapping[], of: { connection: string; object: string }) {
  const own = mappings.filter(({ connection, object }) => connection === of.connection && object === of.object)
  const rules = own.flatMap((mapping) => mapping.rules).filter((rule) => rule.from.includes(item))
  const fed = rules.flatMap((rule) =>
    [rule.field, ...stampedFields(rule).map(({ name }) => name)].map((name) => ({ name, rule })),
  )
  return new Map<string, Rule[]>(
    [...Map.groupBy(fed, ({ name }) => name)].map(([name, each]) => [name, each.map(({ rule }) => rule)]),
  )
}

function saidBy(voices: Voices | null, conversationId: string): Says | null {
  return voices?.voices.find(({ linked }) => linked.conversationId === conversationId)?.says ?? null
}
