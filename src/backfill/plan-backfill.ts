import { type Actor, recordEntry } from '../audit/index.ts'
import { transact } from '../db/index.ts'
import { AppError } from '../errors.ts'
import type { Filter } from '../filters/index.ts'
import type { Model } from '../model/index.ts'
import { activeMappings, type PlanDeps } from '../sync/index.ts'
import { type AskedCanary, settleCanary } from './canary.ts'
import { openCanary } from './canary-store.ts'
import { estimateBackfill } from './estimate.ts'
import { freezeConfigs } from './freeze-configs.ts'
import { type AskedGuards, requireFew, settleGuards } from './guards.ts'
import { countSelected } from './item-store.ts'
import { type AskedLane, settleLane, warnOfDeadline } from './lane.ts'
import { nothingSelected } from './nothing-selected.ts'
import { planMappingOnly } from './plan-mapping-only.ts'
import { requireNamedDrafts } from './require-named-drafts.ts'
import { selectItems } from './select-items.ts'
import { getBackfill, insertBackfill, savePlanned } from './store.ts'
import type { Backfill, Frozen } from './types.ts'
import { type Blast, linkedRecords, warnOfBlast } from './warn-of-blast.ts'
import { warnOfLimits } from './warn-of-limits.ts'
import { warnOfModels } from './warn-of-models.ts'

export type PlanInput = {
  filter: Filter
  actor: Actor
  reason: string
  concurrency?: number
  guards?: AskedGuards
  /** How the model is asked, and until when so. */
  lane?: AskedLane
  /** The first contacts are analysed and held, and judged before the rest. */
  canary?: AskedCanary
  /** Asks no model: the analyses there are go through the active mappings; through one of them, those of one connection, or to some CRM fields only. */
  mappingOnly?: { mapping?: string; fields?: string[]; connection?: string }
  /** The run of a schedule that this is planned for. */
  scheduleRunId?: number
}

/**
 * Freezes a backfill: which conversations, contact by contact, with a copy and hash of each agent's newest draft config and
 * of every mapping file. Calls no model and no CRM and changes nothing but its own plan; `startBackfill` uses exactly what
 * was frozen. Warns where conversations are left out because their agents' items do not fit one analysis, where a spending limit
 * leaves less than the estimate, where a model is near its shutdown or has no known price, and where very many records may be written. One that is `mappingOnly` is planned exactly instead,
 * see `planMappingOnly`. Every call makes a plan of its own. Throws `backfill.empty` (422) where the filter matches nothing, what `requireFew`, `requireNamedDrafts` and `settleLane` throw, `backfill.lane` (422) for a lane where no model is asked, and what `freezeConfigs` throws.
 */
export async function planBackfill(
  deps: PlanDeps & { model: Model } & Blast,
  input: PlanInput,
  signal?: AbortSignal,
): Promise<Backfill> {
  if (input.mappingOnly && input.canary) {
    const message = 'what asks no model is planned exactly: read its plan, a canary would find nothing else'
    throw new AppError('backfill.canary', 'skip', message, { status: 422 })
  }
  if (input.mappingOnly && input.lane?.lane === 'flex') {
    const message = 'what asks no model has no lane: leave the lane out'
    throw new AppError('backfill.lane', 'skip', message, { status: 422 })
  }
  const lane = settleLane(deps.model, input.lane ?? {})
  if (input.mappingOnly) return planMappingOnly(deps, { ...input, ...input.mappingOnly }, signal)
  const canary = input.canary && settleCanary(input.canary)
  const guards = settleGuards(input.guards)
  const id = await transact(deps.db, async (trx) => {
    const mappings = await activeMappings(trx)
    const id = await insertBackfill(trx, { ...input, guards, lane })
    await selectItems(trx, id, input.filter, guards.sample)
    requireFew((await countSelected(trx, id)).conversations, guards)
    const { frozen: configs, warnings } = await freezeConfigs(trx, id)
    const drafts = await requireNamedDrafts({ ...deps, db: trx }, configs, guards.draftsOf)
    const frozen: Frozen = {
      ...configs,
      mappings: Object.fromEntries(mappings.map((mapping) => [mapping.path, mapping.fileHash])),
    }
    const estimated = await estimateBackfill(trx, deps.model, id, frozen, mappings, deps.now())
    const estimate = {
      ...estimated,
      warnings: [
        ...warnings,
        ...drafts,
        ...warnOfDeadline(lane, deps.now()),
        ...(await warnOfLimits({ ...deps, db: trx }, input.actor, { ...estimated, maxCostUsd: guards.maxCostUsd })),
        ...(await warnOfModels({ ...deps, db: trx }, frozen, estimated.merges)),
        ...warnOfBlast(deps, await linkedRecords(trx, { backfillId: id, mappings })),
      ],
    }
    if (estimate.conversations === 0) throw nothingSelected(input.filter)
    await savePlanned(trx, id, { frozen, estimate })
    if (canary) await openCanary(trx, id, canary)
    await recordEntry(trx, {
      actor: input.actor,
      action: 'backfill.planned',
      subject: { kind: 'backfill', id: String(id) },
      after: {
        filter: input.filter,
        guards,
        conversations: estimate.conversations,
        frozen,
        ...lane,
        ...(canary && { canary }),
      },
    })
    return id
  })
  return getBackfill(deps.db, id)
}
