import { configsForRerun } from '../agents/index.ts'
import { type Actor, startRun } from '../audit/index.ts'
import { type Db, transact } from '../db/index.ts'
import { AppError } from '../errors.ts'
import type { Mapping } from '../mapping/index.ts'
import type { Model } from '../model/index.ts'
import { activeMappings, bindPlan, mappingsByHash, readPlan } from '../sync/index.ts'
import type { BackfillAnnouncements } from './announcements.ts'
import { frozenChains } from './frozen-configs.ts'
import { requireLane } from './lane.ts'
import { requireGate } from './require-gate.ts'
import { runOf } from './run-of.ts'
import { getBackfill, moveBackfill } from './store.ts'
import type { Backfill } from './types.ts'

/**
 * Starts a planned backfill with exactly the configs and mapping files its plan froze. Refuses with `backfill.plan_changed`
 * (409), naming every difference, where a prompt or a mapping changed since: plan again. Starting twice: the second is told 409.
 * With an `evaluation` it starts only where that has passed its gate; throws what `requireGate` and `requireLane` throw.
 */
export async function startBackfill(
  deps: { db: Db; model: Pick<Model, 'profile'>; next: BackfillAnnouncements; now: () => Date },
  input: { id: number; actor: Actor; evaluation?: unknown },
): Promise<Backfill> {
  return transact(deps.db, async (trx) => {
    const planned = await getBackfill(trx, input.id)
    // The provider may be another than it was planned with.
    if (planned.state === 'planned') requireLane(deps.model, planned.lane)
    const changes = planned.state === 'planned' ? await changesSince(trx, planned) : []
    if (changes.length > 0) {
      const again = `Plan it again: afterword backfill start ${planned.id} --replan`
      const message = `backfill ${planned.id} was planned with what has changed since: ${changes.join('; ')}. ${again}`
      throw new AppError('backfill.plan_changed', 'skip', message, { status: 409, facts: { changes } })
    }
    const { actor, evaluation } = input
    if (evaluation !== undefined) await requireGate(trx, deps.model, planned, evaluation, actor)
    const runId = await startRun(trx, { kind: 'backfill', actor, ...runOf(planned) })
    if (planned.planId !== null) await bindPlan(trx, planned.planId, runId)
    const backfill = await moveBackfill(trx, input.id, ['planned'], 'running', {
      run_id: runId,
      started_at: deps.now(),
    })
    await deps.next.backfillRuns(trx, backfill.id)
    return backfill
  })
}

async function changesSince(db: Db, { kind, mapping, fields, frozen, planId }: Backfill): Promise<string[]> {
  const changes: string[] = []
  const plan = planId === null ? undefined : await readPlan(db, planId)
  if (kind === 'mapping' && !plan?.digest) changes.push('its plan, which has expired or was never completed')
  const frozenThen = frozenChains(frozen)
  const configs = await configsForRerun(
    db,
    frozenThen.map(({ chain }) => chain),
  )
  for (const [place, { chain, version, hash }] of frozenThen.entries()) {
    const is = configs[place]
    if (is instanceof AppError) changes.push(is.message)
    if (!is || is instanceof AppError || is.hash === hash) continue
    const agents = [chain.agentId, ...chain.transfers.map((each) => each.agentId)].join(' to ')
    changes.push(`config of ${agents} (version ${version} then, ${is.version} now)`)
  }
  const active = await activeMappings(db)
  const then = new Map((await mappingsByHash(db, Object.values(frozen.mappings))).map((each) => [each.fileHash, each]))
  const connections = new Set([...then.values()].map(({ connection }) => connection))
  const concerned = active.filter(({ name, connection, rules }) => {
    if (mapping !== null) return name === mapping
    // Of a plan for some fields, the files that feed them where it goes.
    return fields === null || (connections.has(connection) && rules.some(({ field }) => fields.includes(field)))
  })
  const now = new Map(concerned.map((each) => [each.path, each]))
  for (const path of new Set([...now.keys(), ...Object.keys(frozen.mappings)])) {
    const hash = frozen.mappings[path]
    if (now.get(path)?.fileHash === hash) continue
    changes.push(
      `mapping file ${path} (${differences(hash === undefined ? undefined : then.get(hash), now.get(path))})`,
    )
  }
  return changes
}

/** Which rules two versions of a mapping file differ in. */
function differences(then: Mapping | undefined, now: Mapping | undefined): string {
  if (!then || !now) return then ? 'removed' : 'new'
  const fields = [...new Set([...then.rules, ...now.rules].map((rule) => rule.field))]
  const hashesIn = (mapping: Mapping, field: string) =>
    mapping.rules.flatMap((rule) => (rule.field === field ? rule.hash : [])).join()
  const changed = fields.flatMap((field) => {
    const [was, is] = [hashesIn(then, field), hashesIn(now, field)]
    return was === is ? [] : `${field} ${was === '' ? 'added' : is === '' ? 'removed' : 'changed'}`
  })
  return changed.length > 0 ? changed.join(', ') : 'no rule of it'
}
