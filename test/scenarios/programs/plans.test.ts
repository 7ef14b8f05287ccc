import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RunCell } from '../../../src/sync/index.ts'
import { kinds } from '../../support/accounts/account.ts'
import { apply, planMappingOnly } from '../../support/backfills.ts'
import { rowsWritten } from '../../support/records.ts'
import { anyProgram } from './any-program.ts'
import { play } from './play.ts'
import { openStage } from './stage.ts'

const seeds = Array.from(
  { length: Number(process.env.PLANS ?? 2) },
  (_, index) => Number(process.env.PLANS_SEED ?? 1) + index,
)
const programsAtOnce = 25

/** What is said of a cell by a plan and by a report alike. */
function told({ externalId, field, before, after, decision }: RunCell): string {
  const { decision: kind, by, why } = decision
  return JSON.stringify([externalId, field, before, after, kind, by, why])
}

describe.each(kinds)('after random programs on %s', async (kind) => {
  const stage = await openStage(kind)
  const { world } = stage

  test.each(seeds)(
    'a backfill of some conversations does exactly what its plan says, and its undo what that plan says: seed %i',
    async (seed) => {
      const drawn = fc.sample(anyProgram(kind), { seed, numRuns: programsAtOnce })
      await play(
        stage,
        drawn.map(({ program }) => ({ program, order: program.ops })),
        'end',
      )
      stage.setClock(stage.nextHour() + 1_800_000)
      const conversations = await world.db
        .selectFrom('conversations')
        .select('id')
        .orderBy('received_at', 'desc')
        .orderBy('id')
        .execute()
      const chosen = conversations.map(({ id }) => id).filter((_, index) => (index * 7 + seed) % 3 !== 0)

      const planned = await planMappingOnly(world, [], chosen)
      const wanted = planned.rows.flatMap(({ connection, externalId, cells }) =>
        cells.map(({ before = null, after = null, ...cell }) =>
          told({ connection, externalId, before, after, ...cell }),
        ),
      )
      const rows = rowsWritten(world)
      const report = await apply(world, planned.backfill.id)
      expect(report.cells.map(told).sort()).toEqual(wanted.sort())
      expect(report.cells.length).toBeGreaterThan(20)
      const changed = planned.rows.filter(({ cells }) => cells.some(({ before, after }) => before !== after))
      expect(rowsWritten(world) - rows).toBe(changed.length)
      expect((await planMappingOnly(world, [], chosen)).plan.totals.changes).toBe(0)

      const { id } = planned.backfill
      const input = { id, actor: world.actor, reason: 'test' }
      const expected = await world.useCases.planUndoOfBackfill({ ...input, most: 1_000 })
      const { runId } = await world.useCases.undoBackfill(input)
      await world.push()
      const undone = await world.useCases.listRunCells(runId, { after: null, most: 10_000 })
      expect(undone.cells.map(told).sort()).toEqual(expected.cells.map(told).sort())
    },
    120_000,
  )
})
