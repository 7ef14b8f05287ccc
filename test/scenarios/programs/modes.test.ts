import { beforeAll, describe, expect, test } from 'vitest'
import { type Kind, kinds } from '../../support/accounts/account.ts'
import { isWithinLimits } from './limits.ts'
import { modelOf } from './model.ts'
import { everyOrder } from './orders.ts'
import { type Pace, stepsOf } from './paces.ts'
import { type Performance, type Played, play } from './play.ts'
import { tellableBySalesforce, toldBySalesforce } from './salesforce.ts'
import { programOf, type Situation, situations } from './situations.ts'
import { openStage } from './stage.ts'

/** ENGINE.md section 6, scenario 7: every mode in every situation, in all orders of arrival. */
const stages = await Promise.all(kinds.map(async (kind) => ({ kind, stage: await openStage(kind) })))
const acts = stages.flatMap((on) => (['each', 'end'] as const).map((pace) => ({ ...on, pace })))

describe.each(acts)(
  'pushed at the pace "$pace" to $kind, every mode holds what the model says',
  ({ kind, stage, pace }) => {
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
        const expected = { ...modelOf(program, order) }
        // A checkbox that nobody has set is a no.
        if (kind === 'salesforce' && 'any' in expected) expected.any ??= false
        expect({ cells, program, order }).toEqual({ cells: expected, program, order })
      }
    })

    test('one more push writes nothing and asks for no history', () => {
      expect(played.again).toEqual({ rowsWritten: 0, historyCalls: 0 })
    })
  },
)

function performancesOf(kind: Kind, situation: Situation, pace: Pace): Performance[] {
  const performances = situation.policies.flatMap((policies) => {
    const told = programOf(situation, policies)
    const program = kind === 'salesforce' ? toldBySalesforce(told) : told
    const performances = everyOrder(program.ops).map((order) => ({ program, order }))
    return kind === 'salesforce' ? performances.map((each) => tellableBySalesforce(each, pace)) : performances
  })
  return performances.filter(({ program, order }) => isWithinLimits(program, stepsOf(order, pace)))
}
