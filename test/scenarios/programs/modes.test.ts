import { beforeAll, describe, expect, test } from 'vitest'
import { type HolderKind, holders } from '../../support/accounts/account.ts'
import { byTurns } from '../../support/by-turns.ts'
import { fieldsWithinLimits } from './limits.ts'
import { modelOf } from './model.ts'
import { narrow } from './narrow.ts'
import { everyOrder } from './orders.ts'
import { type Pace, stepsOf } from './paces.ts'
import { type Performance, type Played, play } from './play.ts'
import { programOf, type Situation, situations } from './situations.ts'
import { openStage } from './stage.ts'

/**
 * ENGINE.md section 6, scenario 7: every mode in every situation, in all orders of arrival. Pushed after each step, which is what takes time,
 * each order on one of the accounts.
 */
describe.each(holders)('on %s', async (kind) => {
  const stage = await openStage(kind)

  describe.each<Pace>(['each', 'end'])('pushed at the pace "%s", every mode holds what the model says', (pace) => {
    const cast = situations.map((situation) => ({ situation, performances: performancesOf(kind, situation, pace) }))
    let played: Played
    beforeAll(async () => {
      const performances = cast.flatMap((each) => each.performances)
      played = await play(stage, performances, pace)
    }, 120_000)

    test.each(cast)('$situation.name', ({ performances }) => {
      expect(performances).not.toEqual([])
      const all = cast.flatMap((each) => each.performances)
      for (const performance of performances) {
        const { program, order } = performance
        const cells = played.cells[all.indexOf(performance)]
        expect({ cells, program, order }).toEqual({ cells: modelOf(program, order), program, order })
      }
    })

    test('one more push writes nothing and asks for no history', () => {
      expect(played.again).toEqual({ rowsWritten: 0, historyCalls: 0 })
    })
  })
})

/** The situation under its policies in all orders, each for the fields whose every edit the CRM tells of. */
function performancesOf(kind: HolderKind, situation: Situation, pace: Pace): Performance[] {
  return situation.policies.flatMap((policies) => {
    const program = programOf(kind, situation, policies)
    const orders = everyOrder(program.ops)
    const share = { turn: holders.indexOf(kind), of: holders.length }
    return (pace === 'end' ? orders : byTurns(orders, share)).flatMap((order) => {
      const names = fieldsWithinLimits(program, stepsOf(order, pace))
      return names.length > 0 ? [narrow({ program, order }, names)] : []
    })
  })
}
