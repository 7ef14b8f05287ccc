import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FoldRule } from '../../../src/mapping/index.ts'
import { modelOfFold } from '../../mapping/fold-model.ts'
import { anyPolicies, ruleOf } from '../../mapping/timelines.ts'
import { type Op, untoldWorld } from './untold-world.ts'

const word = fc.constantFrom('a', 'b', '0', '😀')
/** Others type what no conversation says: what we meant to write ourselves counts as ours. */
const typed = fc.oneof(fc.constantFrom('x', 'y', 'z'), fc.constant(null))

const anyRule: fc.Arbitrary<FoldRule> = fc
  .tuple(fc.constantFrom('overwrite', 'fill_if_empty'), anyPolicies)
  .map(([mode, policies]) => ruleOf(mode, policies))

const anyOp: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ op: fc.constant('say'), at: fc.integer({ min: 0, max: 140 }), value: word }),
  fc.record({ op: fc.constant('withdraw'), index: fc.nat({ max: 2 }) }),
  fc.record({ op: fc.constant('edit'), value: typed }),
  fc.record({ op: fc.constant('touch') }),
  fc.record(
    {
      op: fc.constant('push'),
      alsoOther: fc.boolean(),
      ends: fc.constantFrom('well', 'well', 'before the write', 'after the write', 'before reading back'),
      meanwhile: typed,
    },
    { requiredKeys: ['op', 'alsoOther', 'ends'] },
  ),
)

const anyProgram = fc.record({
  rule: anyRule,
  crm: fc.record({ base: typed, shouts: fc.boolean() }),
  ops: fc.array(anyOp, { maxLength: 14 }),
})

/** Runs a program, then pushes until nothing is left to do. */
function finished({ rule, crm, ops }: { rule: FoldRule; crm: Parameters<typeof untoldWorld>[1]; ops: Op[] }) {
  const world = untoldWorld(rule, crm)
  for (const op of ops) world.run(op)
  for (let round = 0; round < 3; round += 1) world.run({ op: 'push', alsoOther: false, ends: 'well' })
  fc.pre(!world.isHidden())
  // Section 3, decisions: `contested` is what somebody who may be no person has set back three times.
  const ignores = rule.others === 'ignore' || rule.humanEdits === 'overwrite'
  fc.pre(!ignores || world.tellable().length < 3)
  return world
}

describe('in a CRM that tells only who changed a record last, whatever others, conversations and crashes do', () => {
  test('the timeline knows what can be told: each value of others that we found, by somebody, at the latest it can be', () => {
    fc.assert(
      fc.property(anyProgram, (program) => {
        const world = finished(program)
        expect(world.known()).toEqual(world.tellable())
      }),
      { numRuns: 3000 },
    )
  })

  test('the cell ends as the independent model says of that', () => {
    fc.assert(
      fc.property(anyProgram, (program) => {
        const world = finished(program)
        fc.pre(world.isReleased())
        const expected = modelOfFold([...world.tellable(), ...world.said()], program.rule)
        const spelled = typeof expected === 'string' && program.crm.shouts ? expected.toUpperCase() : expected
        expect(world.current()).toBe(spelled)
        const writes = world.count.writes
        world.run({ op: 'push', alsoOther: false, ends: 'well' })
        expect(world.count.writes).toBe(writes)
      }),
      { numRuns: 3000 },
    )
  })
})
