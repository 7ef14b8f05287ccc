import { setTimeout as sleep } from 'node:timers/promises'
import type { BackfillReport } from '../../src/backfill/index.ts'
import type { World } from '../support/world.ts'
import { agentOf, type Town } from './town.ts'

/** How often a caller looks whether a backfill is through: its rate is known no better than that. */
const lookMs = 200

/** A backfill of everything that a town has said, from plan to settled, by the workers that are running. */
export async function backfillTown(world: World, town: Town, concurrency: number): Promise<BackfillReport> {
  const { useCases, actor } = world
  const agent = { agentId: agentOf(town.name), versions: [] }
  const filter = { kind: 'any' as const, conditions: [{ field: 'agent' as const, anyOf: [agent] }] }
  const { id } = await useCases.planBackfill({ filter, actor, reason: 'bench', concurrency })
  await useCases.startBackfill({ id, actor })
  while (!(await useCases.backfillStatus(id)).settled) await sleep(lookMs)
  const report = await useCases.reportBackfill(id)
  const { done, outcomes } = report.status.items
  if (done !== town.calls || outcomes.ok !== town.calls) throw new Error(`of ${town.calls} calls ${outcomes.ok} are ok`)
  return report
}
