import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FoldRule, SetEvent, TimelineEvent } from '../../../src/mapping/index.ts'
import { modelOfFold } from '../../mapping/fold-model.ts'
import { anyPolicies, ruleOf } from '../../mapping/timelines.ts'
import { cellWorld, type Op } from './cell-world.ts'

const word = fc.constantFrom('a', 'b', 'c', '0', '😀')
const typed = fc.oneof(word, fc.constant(null))

const anyRule: fc.Arbitrary<FoldRule> = fc
  .tuple(fc.constantFrom('overwrite', 'fill_if_empty'), anyPolicies)
  .map(([mode, policies]) => ruleOf(mode, policies))

const anyOp: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ op: fc.constant('say'), at: fc.integer({ min: 0, max: 160 }), value: word }),
  fc.record({ op: fc.constant('withdraw'), index: fc.nat({ max: 2 }) }),
  fc.record({ op: fc.constant('edit'), by: fc.constantFrom('person', 'automation', 'import'), value: typed }),
  fc.record(
    {
      op: fc.constant('push'),
      ends: fc.constantFrom('well', 'well', 'well', 'before the write', 'after the write'),
      meanwhile: typed,
    },
    { requiredKeys: ['op', 'ends'] },
  ),
  fc.record({ op: fc.constant('read back') }),
)

const anyProgram = fc.record({
  rule: anyRule,
  crm: fc.record({ base: typed, shouts: fc.boolean() }),
  ops: fc.array(anyOp, { maxLength: 14 }),
})

/** Runs a program, and then pushes and reads back until nothing is left to do: three times bring in whatever the last crash left. */
function finished({ rule, crm, ops }: { rule: FoldRule; crm: Parameters<typeof cellWorld>[1]; ops: Op[] }) {
  const world = cellWorld(rule, crm)
  for (const op of ops) world.run(op)
  for (let round = 0; round < 3; round += 1) {
    world.run({ op: 'push', ends: 'well' })
    world.run({ op: 'read back' })
  }
  fc.pre(!world.isHidden())
  // Section 3, decisions: `contested` is what something that is no person has set back three times.
  const ignores = rule.others === 'ignore' || rule.humanEdits === 'overwrite'
  const byMachines = world.truth().filter((event) => event.kind === 'edited' && event.by !== 'person')
  fc.pre(!ignores || byMachines.length < 3)
  return world
}

describe('whatever people, flows, conversations and crashes do to a cell', () => {
  test('it ends as the independent model says of what really happened', () => {
    fc.assert(
      fc.property(anyProgram, (program) => {
        const world = finished(program)
        const expected = modelOfFold(world.truth(), program.rule)
        const spelled = typeof expected === 'string' && program.crm.shouts ? expected.toUpperCase() : expected
        expect(world.current()).toBe(spelled)
      }),
      { numRuns: 5000 },
    )
  })

  test('the timeline knows each change by others once, by its author and at its time, and no other', () => {
    fc.assert(
      fc.property(anyProgram, (program) => {
        const world = finished(program)
        expect(setsOf(world.known())).toEqual(setsOf(world.truth()))
      }),
      { numRuns: 5000 },
    )
  })

  test('one more push writes nothing and asks no history', () => {
    fc.assert(
      fc.property(anyProgram, (program) => {
        const world = finished(program)
        const before = { ...world.count }
        world.run({ op: 'push', ends: 'well' })
        expect(world.count).toEqual(before)
      }),
      { numRuns: 3000 },
    )
  })
})

function setsOf(events: TimelineEvent[]) {
  return events
    .filter((event): event is SetEvent => event.kind === 'base' || event.kind === 'edited')
    .map(({ kind, at, value, by }) => ({ kind, at, value, by }))
    .sort((a, b) => a.at - b.at)
}
