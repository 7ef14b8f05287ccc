import { setTimeout as sleep } from 'node:timers/promises'
import type { BackfillReport } from '../../src/backfill/index.ts'
import type { Filter } from '../../src/filters/index.ts'
import type { World } from '../support/world.ts'
import { agentOf, type Town } from './town.ts'

/** How often a caller looks whether a backfill is through: its rate is known no better than that. */
const lookMs = 200

/** Plans a backfill of everything that a town has said; returns its id. */
export async function planTown({ useCases, actor }: World, town: Town, concurrency: number): Promise<number> {
  const anyOf = [{ agentId: agentOf(town.name), versions: [] }]
  const filter: Filter = { kind: 'any', conditions: [{ field: 'agent', anyOf }] }
  const { id } = await useCases.planBackfill({ filter, actor, reason: 'bench', concurrency })
  return id
}

/** A backfill of a town, from its plan until all is settled, by the workers that are running. */
export async function backfillTown(world: World, town: Town, concurrency: number): Promise<BackfillReport> {
  const { useCases, actor } = world
  const id = await planTown(world, town, concurrency)
  await useCases.startBackfill({ id, actor })
  while (!(await useCases.backfillStatus(id)).settled) await sleep(lookMs)
  const report = await useCases.reportBackfill(id)
  const { outcomes } = report.status.items
  if (outcomes.ok !== town.calls) throw new Error(`of ${town.calls} calls ${outcomes.ok} are ok`)
  return report
}
