import { buildTest, type Takes } from './build-test.ts'
import type { Shape } from './keys.ts'
import { nearest, unknownName } from './nearest.ts'
import { isRecord, type Place } from './place.ts'
import { lastSpan, spans } from './relative-time.ts'
import type { Test } from './types.ts'

type Type = Test['type']

const types: readonly Type[] = ['string', 'number', 'boolean', 'range', 'enum', 'present']

/** Per shape: the types of test it takes, and how that is said to people. */
const tests: Record<Shape, { types: readonly Type[]; expected: string }> = {
  text: { types: ['string', 'enum', 'present'], expected: 'text, a list of texts, or eq, ne, sw, ew, co, in, present' },
  boolean: { types: ['boolean', 'present'], expected: 'true, false or present' },
  number: {
    types: ['number', 'range', 'present'],
    expected: 'a number, or eq, ne, gt, ge, lt, le, bt, present',
  },
  time: {
    types: ['number', 'range', 'present'],
    expected: 'a time (epoch milliseconds or ISO date), or eq, ne, gt, ge, lt, le, bt, present',
  },
  any: { types, expected: 'any test' },
}

/** What a name in the shorthand (`{ ge: 20000 }`) stands for; `eq` and `ne` depend on the field and the value. */
const typeOfOp: ReadonlyMap<string, Type | 'equality'> = new Map(
  Object.entries<Type | 'equality'>({
    eq: 'equality',
    ne: 'equality',
    sw: 'string',
    ew: 'string',
    co: 'string',
    gt: 'number',
    ge: 'number',
    lt: 'number',
    le: 'number',
    bt: 'range',
    in: 'enum',
    present: 'present',
  }),
)

/**
 * The tests that one value of a filter stands for: the source product's `{ type, op, value }`, or the shorthand:
 * scalar → eq, list → in, `{ ge: 1, lt: 5 }` → one test each. Mistakes go to `place`.
 */
export function parseTests(input: unknown, takes: Takes, place: Place): Test[] {
  if (isRecord(input)) {
    if (Object.hasOwn(input, 'type')) return spelledOut(input, takes, place)
    const ops = Object.entries(input)
    if (ops.length === 0) place.refuse(`expected ${tests[takes.shape].expected}`)
    return ops.flatMap(([op, value]) => shorthand(op, value, takes, place.at(op)))
  }
  return shorthand(Array.isArray(input) ? 'in' : 'eq', input, takes, place)
}

function spelledOut(input: Record<string, unknown>, takes: Takes, place: Place): Test[] {
  const type = types.find((name) => name === input.type)
  if (type === undefined) {
    place.at('type').refuse(unknownName('type', String(input.type), types))
    return []
  }
  const keys = type === 'present' ? ['type', 'op'] : ['type', 'op', 'value']
  for (const key of Object.keys(input)) {
    if (!keys.includes(key)) place.at(key).refuse(unknownName('key', key, keys))
  }
  if (!fits(type, takes, place.at('type'))) return []
  const places = { op: place.at('op'), value: place.at('value') }
  return kept(buildTest({ type, op: input.op, value: input.value }, takes, places))
}

function shorthand(op: string, value: unknown, takes: Takes, place: Place): Test[] {
  const named = typeOfOp.get(op)
  const takesLast = takes.shape === 'time' && takes.clock !== undefined
  if (op === 'last' && takesLast) return lastWhole(value, takes, place)
  if (named === undefined) {
    place.refuse(unknownName('test', op, [...typeOfOp.keys(), ...(takesLast ? ['last'] : [])]))
    return []
  }
  if (value === null || value === undefined) {
    place.refuse('expected a value; "has none" is written { present: false }')
    return []
  }
  const type = named === 'equality' ? typeOfEquality(value, takes.shape) : named
  if (!fits(type, takes, place)) return []
  if (type !== 'present') return kept(buildTest({ type, op, value }, takes, { op: place, value: place }))
  if (typeof value === 'boolean') return [{ type, op: value ? 'pr' : 'np' }]
  place.refuse('expected true or false')
  return []
}

/** `{ last: day }`: the whole of yesterday, from its first moment to before its end. */
function lastWhole(value: unknown, { clock }: Takes, place: Place): Test[] {
  const span = spans.find((each) => each === value)
  if (span !== undefined && clock !== undefined) {
    const [from, before] = lastSpan(span, clock)
    return [
      { type: 'number', op: 'ge', value: from },
      { type: 'number', op: 'lt', value: before },
    ]
  }
  const close = nearest(String(value), spans)
  place.refuse(`expected one of: ${spans.join(', ')}${close ? `; did you mean "${close}"?` : ''}`)
  return []
}

function kept(test: Test | null): Test[] {
  return test === null ? [] : [test]
}

function fits(type: Type, takes: Takes, place: Place): boolean {
  const { types, expected } = tests[takes.shape]
  if (types.includes(type)) return true
  place.refuse(`expected ${expected}`)
  return false
}

/** A typed field decides how it is compared; in JSON that nobody typed, the value in the filter does. */
function typeOfEquality(value: unknown, shape: Shape): Type {
  if (shape === 'text') return 'string'
  if (shape === 'boolean') return 'boolean'
  if (shape === 'number' || shape === 'time' || typeof value === 'number') return 'number'
  return typeof value === 'boolean' ? 'boolean' : 'string'
}
