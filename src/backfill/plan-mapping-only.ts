import { type Actor, recordEntry } from '../audit/index.ts'
import { transact } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { type Filter, unknownName } from '../filters/index.ts'
import type { Mapping } from '../mapping/index.ts'
import type { Model } from '../model/index.ts'
import { activeMappings, makePlan, openPlan, type PlanDeps, readPlan, rulesFor } from '../sync/index.ts'
import { estimatePlannedMerges, withMerges } from './estimate-merges.ts'
import { type AskedGuards, requireFew, settleGuards } from './guards.ts'
import { countSelected, selectedPages } from './item-store.ts'
import { nothingSelected } from './nothing-selected.ts'
import { runOf } from './run-of.ts'
import { selectItems } from './select-items.ts'
import { discardPlanned, getBackfill, insertBackfill, savePlanned } from './store.ts'
import type { Backfill, Estimate } from './types.ts'
import { type Blast, changedRecords, warnOfBlast } from './warn-of-blast.ts'
import { warnOfLimits } from './warn-of-limits.ts'
import { warnOfModels } from './warn-of-models.ts'

type Input = {
  filter: Filter
  actor: Actor
  reason: string
  concurrency?: number
  guards?: AskedGuards
  mapping?: string
  fields?: string[]
  connection?: string
  scheduleRunId?: number
}

const nothingAsked = {
  cached: 0,
  skipped: 0,
  modelCalls: 0,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  costUsdAtMost: 0,
}

/**
 * Plans a backfill that analyses nothing: what is stored goes through the active mappings, through one of them, or to some of
 * their CRM fields; a model is asked only where a field merges texts. Its plan is exact: the CRMs are read, and every cell is stored as it is, as it would be, and why;
 * `readBackfillPlan` tells it. Writes nothing but its own plan; where it is interrupted or a CRM
 * cannot be reached there is no plan. Throws 422: `backfill.empty`, `backfill.no_mapping` and `backfill.no_field` with what there is, and
 * `backfill.shared_field` where a mapping that it leaves out feeds one of its fields too.
 */
export async function planMappingOnly(
  deps: PlanDeps & Blast & { model: Model },
  input: Input,
  signal?: AbortSignal,
): Promise<Backfill> {
  const { db } = deps
  const { filter, actor, reason, mapping = null, fields = null, connection = null } = input
  const guards = settleGuards(input.guards)
  const speed = input.concurrency === undefined ? {} : { concurrency: input.concurrency }
  const { planId, planned, chosen } = await transact(db, async (trx) => {
    const active = await activeMappings(trx)
    const within = connection === null ? active : active.filter((each) => each.connection === connection)
    const chosen = choose(within, mapping, fields)
    const id = await insertBackfill(trx, { filter, actor, reason, ...speed, kind: 'mapping', mapping, fields, guards })
    await selectItems(trx, id, filter, guards.sample)
    const counts = await countSelected(trx, id)
    if (counts.conversations === 0) throw nothingSelected(filter)
    requireFew(counts.conversations, guards)
    const frozen = { configs: {}, mappings: Object.fromEntries(chosen.map((each) => [each.path, each.fileHash])) }
    const planId = await openPlan(trx)
    await savePlanned(trx, id, { frozen, planId, estimate: { ...nothingAsked, ...counts, records: {} } })
    return { planId, planned: await getBackfill(trx, id), chosen }
  })
  const { id, frozen } = planned
  try {
    const run = { kind: 'backfill' as const, actor, ...runOf({ reason, frozen, fields }) }
    const { links } = await makePlan(deps, { id: planId, run, conversations: selectedPages(db, id) }, signal)
    await transact(db, async (trx) => {
      const merges = await estimatePlannedMerges(trx, deps.model, { planId, mappings: chosen })
      const estimated = withMerges({ ...planned.estimate, records: links }, merges)
      const warnings = [
        ...(await warnOfLimits({ ...deps, db: trx }, actor, { ...estimated, maxCostUsd: guards.maxCostUsd })),
        ...(await warnOfModels({ ...deps, db: trx }, frozen, merges)),
        ...warnOfBlast(deps, await changedRecords(trx, planId)),
      ]
      const estimate: Estimate = { ...estimated, warnings }
      await savePlanned(trx, id, { frozen, estimate, planId })
      const digest = (await readPlan(trx, planId))?.digest
      await recordEntry(trx, {
        actor,
        action: 'backfill.planned',
        subject: { kind: 'backfill', id: String(id) },
        after: { filter, guards, conversations: estimate.conversations, frozen, fields, digest },
      })
    })
  } catch (error) {
    await transact(db, (trx) => discardPlanned(trx, id, planId))
    throw error
  }
  return getBackfill(db, id)
}

/** The mappings a plan is about. Throws where it names one, or a field, that there is not. */
function choose(active: Mapping[], name: string | null, fields: string[] | null): Mapping[] {
  const named = name === null ? active : active.filter((mapping) => mapping.name === name)
  if (named.length === 0) {
    const names = active.map((mapping) => mapping.name)
    const message = name === null ? 'no mapping file is active' : unknownName('mapping', name, names)
    throw new AppError('backfill.no_mapping', 'skip', message, { status: 422 })
  }
  if (fields === null) return whole(named, active)
  const known = [...new Set(named.flatMap((mapping) => mapping.rules.map((rule) => rule.field)))]
  const missing = fields.find((field) => !known.includes(field))
  if (missing !== undefined) {
    const message = unknownName('CRM field of a rule', missing, known)
    throw new AppError('backfill.no_field', 'skip', message, { status: 422 })
  }
  return whole(rulesFor(named, fields), active)
}

/** Of a field that several mappings feed, a run with one of them would make that the only one. */
function whole(chosen: Mapping[], active: Mapping[]): Mapping[] {
  for (const mapping of chosen) {
    const beside = active.filter(({ name, connection, object }) => {
      const isSame = connection === mapping.connection && object === mapping.object
      return isSame && !chosen.some((each) => each.name === name)
    })
    for (const { field } of mapping.rules) {
      const other = rulesFor(beside, [field]).at(0)
      if (other === undefined) continue
      const message = `mapping ${other.name} feeds ${field} too: leave the mapping out, and name the fields, or name fields that only ${mapping.name} feeds`
      throw new AppError('backfill.shared_field', 'skip', message, { status: 422 })
    }
  }
  return chosen
}
