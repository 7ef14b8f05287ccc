import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evaluate, type FieldStatus, type FieldValue, type Rule } from '../../src/mapping/index.ts'
import { plain, spoken } from './saying.ts'

const items = ['a', 'b', 'c'] as const
const text = fc.oneof(fc.string(), fc.constantFrom('{{a}}', '{{#b}}', '}}', ' ', '0', '"quoted" \\ 🎉', '\n'))
const status = fc.constantFrom<FieldStatus>('found', 'not_mentioned', 'declined', 'ambiguous')
const trusted = fc.record({ value: text, status }).map((answer) => ({ ...answer, evidence: [] }))
const answers = fc.record({ a: trusted, b: trusted, c: trusted })
const untrusted = fc.constantFrom<FieldStatus | 'not_asked'>('refused', 'invalid', 'unverified', 'not_asked')

/** Plain parts, and sections over one item that show another. */
const part = fc.oneof(
  fc.constantFrom(...items).map((name) => `<{{${name}}}>`),
  fc
    .tuple(fc.constantFrom('#', '^'), fc.constantFrom(...items), fc.constantFrom(...items))
    .map(([kind, over, shown]) => `{{${kind}${over}}}({{${shown}}}){{/${over}}}`),
  fc.constant('{{$agent}}'),
)
const rule = fc
  .array(part, { minLength: 1, maxLength: 5 })
  .map((parts): Rule => ({ ...plain, from: [...items], template: parts.join('') }))

function without(fields: Record<string, FieldValue>, lost: string, how: FieldStatus | 'not_asked') {
  const { [lost]: field, ...rest } = fields
  return how === 'not_asked' || field === undefined ? rest : { ...rest, [lost]: { ...field, status: how } }
}

test('an answer lost to a failed rerun leaves the text as it was, or nothing is said at all', () => {
  fc.assert(
    fc.property(rule, answers, fc.constantFrom(...items), untrusted, (one, fields, lost, how) => {
      const whole = evaluate(one, spoken, fields)
      const partial = evaluate(one, spoken, without(fields, lost, how))
      if (partial.says !== 'silent') expect(partial).toEqual(whole)
    }),
    { numRuns: 500 },
  )
})

test('what was found stands in the text as it was said, and nothing else of it does', () => {
  const template = '{{a}}|{{b}}|{{c}}'
  fc.assert(
    fc.property(answers, (fields) => {
      const shown = items.map((name) =>
        fields[name].status === 'found' && fields[name].value.trim() !== '' ? fields[name].value : '',
      )
      const says = evaluate({ ...plain, from: [...items], template }, spoken, fields)
      if (shown.every((each) => each === '')) expect(says.says).toBe('nothing')
      else expect(says).toEqual({ says: 'value', value: shown.join('|').trim() })
    }),
    { numRuns: 500 },
  )
})
