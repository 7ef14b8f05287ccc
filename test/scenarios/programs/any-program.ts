import fc from 'fast-check'
import type { HolderKind } from '../../support/accounts/account.ts'
import { buildProgram, type Raw, type RawAnswers, type RawEdit, type RawOp } from './build-program.ts'
import { type FieldRule, modes, type Op, type Program } from './language.ts'
import { fieldsWithinLimits } from './limits.ts'
import { orderBy } from './orders.ts'
import { stepsOf } from './paces.ts'

/** A program, and another order in which its operations can reach us. */
export type AnyProgram = { program: Program; shuffled: Op[] }

/** Any program of 5 to 14 raw operations around 1 to 3 fields of such a CRM. */
export function anyProgram(crm: HolderKind): fc.Arbitrary<AnyProgram> {
  return fc
    .record({
      rules: fc.array(anyRule(), { minLength: 1, maxLength: 3 }),
      before: fc.array(anyEdit(), { maxLength: 3 }),
      ops: fc.array(anyOp(), { minLength: 5, maxLength: 14 }),
      keys: fc.array(fc.nat(), { minLength: 14, maxLength: 14 }),
    })
    .map(({ rules, before, ops, keys }) => {
      const program = buildProgram(crm, rules, before, ops)
      return { program, shuffled: orderBy(program.ops, keys) }
    })
    .filter(({ program, shuffled }) => {
      const rules = Object.keys(program.fields).length
      const steps = [stepsOf(program.ops, 'each'), stepsOf(program.ops, 'end'), stepsOf(shuffled, 'minute')]
      return steps.every((each) => fieldsWithinLimits(program, each).length === rules)
    })
}

function anyRule(): fc.Arbitrary<FieldRule> {
  return fc.record({
    mode: fc.constantFrom(...modes),
    existing: fc.constantFrom('dated', 'dated', 'keep', 'replace'),
    human_edits: fc.constantFrom('keep', 'keep', 'final', 'overwrite'),
    others: fc.constantFrom('respect', 'respect', 'ignore'),
    retract: fc.constantFrom('allow', 'allow', 'never'),
    unverified: fc.constantFrom('skip', 'write'),
  })
}

function anyRaw(): fc.Arbitrary<Raw> {
  return fc.record({
    number: fc.integer({ min: -50, max: 50 }),
    yes: fc.boolean(),
    ticked: fc.subarray(['a', 'b', 'c', 'd']),
    text: fc.constantFrom('Zoë "Z" \\ 👋', '0', 'false', 'two\nlines', '  ', ''),
  })
}

function anyEdit(): fc.Arbitrary<RawEdit> {
  return fc.record({
    field: fc.nat(2),
    alsoNext: fc.boolean(),
    by: fc.constantFrom('person', 'person', 'workflow', 'app', 'import'),
    raw: anyRaw(),
    empties: fc.nat(3).map((one) => one === 3),
  })
}

function anyAnswers(): fc.Arbitrary<RawAnswers> {
  const unsaid = fc.constantFrom('not_mentioned', 'declined', 'ambiguous', 'refused', 'invalid', 'not_asked')
  const status = fc.oneof({ weight: 5, arbitrary: fc.constant('found') }, unsaid, fc.constant('unverified'))
  const answer = fc.record({ status, raw: anyRaw() })
  const answers = fc.array(answer, { minLength: 3, maxLength: 3 })
  return fc.oneof({ weight: 8, arbitrary: answers }, fc.constant('failed' as const))
}

function anyOp(): fc.Arbitrary<RawOp> {
  const edit = anyEdit().map((raw): RawOp => ({ op: 'edit', ...raw }))
  const conversation = fc.record({
    op: fc.constant('conversation' as const),
    letter: fc.constantFrom('a', 'b', 'c'),
    agoMinutes: fc.nat(8),
    minutes: fc.nat(2),
    answers: fc.option(anyAnswers(), { nil: undefined, freq: 4 }),
  })
  const rerun = fc.record({
    op: fc.constant('rerun' as const),
    picks: fc.array(fc.nat(11), { minLength: 1, maxLength: 3 }),
    answers: fc.array(anyAnswers(), { minLength: 3, maxLength: 3 }),
  })
  const preview = fc.record({ op: fc.constant('preview' as const), pick: fc.nat(11), answers: anyAnswers() })
  const keep = fc.record({ op: fc.constant('keep' as const), pick: fc.nat(11), answers: anyAnswers() })
  const correction = fc.record({
    op: fc.constant('correction' as const),
    pick: fc.nat(99),
    raw: anyRaw(),
    empties: fc.nat(3).map((one) => one === 3),
  })
  const undo = fc.record({ op: fc.constant('undo' as const), pick: fc.nat(11) })
  const newRules = fc.record({
    op: fc.constant('rules' as const),
    field: fc.nat(2),
    rule: fc.option(anyRule(), { nil: null, freq: 1 }),
  })
  const deletion = fc.record({ op: fc.constant('delete' as const), pick: fc.nat(11) })
  const settling = fc.record({
    op: fc.constant('settle' as const),
    picks: fc.array(fc.nat(11), { minLength: 1, maxLength: 3 }),
  })
  return fc.oneof(
    { weight: 1, arbitrary: deletion },
    { weight: 1, arbitrary: settling },
    { weight: 3, arbitrary: edit },
    { weight: 4, arbitrary: conversation },
    { weight: 3, arbitrary: rerun },
    { weight: 2, arbitrary: preview },
    { weight: 3, arbitrary: keep },
    { weight: 3, arbitrary: correction },
    { weight: 2, arbitrary: undo },
    { weight: 2, arbitrary: newRules },
  )
}
