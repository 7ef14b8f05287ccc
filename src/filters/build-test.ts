import type { Shape } from './keys.ts'
import { nearest } from './nearest.ts'
import { parseTime } from './parse-time.ts'
import type { Place } from './place.ts'
import { type Clock, isRelativeTime, relativeTime } from './relative-time.ts'
import type { Test } from './types.ts'

/** What a field takes: the kind of its values and, where they are few, which; with a clock also times relative to it. */
export type Takes = { shape: Shape; choices?: readonly string[]; clock?: Clock | undefined }

const stringOps = ['eq', 'ne', 'sw', 'ew', 'co'] as const
const numberOps = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const

/** Makes one test out of its parts, or says in place of the wrong part what it should be. */
export function buildTest(
  parts: { type: Test['type']; op: unknown; value: unknown },
  takes: Takes,
  places: { op: Place; value: Place },
): Test | null {
  const { type, value } = parts
  switch (type) {
    case 'string': {
      const op = oneOf(stringOps, parts.op, places.op)
      const choices = op === 'eq' || op === 'ne' ? takes.choices : undefined
      const text = textOf(value, choices, places.value)
      return op === null || text === null ? null : { type, op, value: text }
    }
    case 'number': {
      const op = oneOf(numberOps, parts.op, places.op)
      const number = numberOf(value, takes, places.value)
      return op === null || number === null ? null : { type, op, value: number }
    }
    case 'boolean': {
      const op = oneOf(['eq'], parts.op, places.op)
      if (typeof value !== 'boolean') return refuse(places.value, 'expected true or false')
      return op === null ? null : { type, op, value }
    }
    case 'range': {
      const op = oneOf(['bt'], parts.op, places.op)
      const range = rangeOf(value, takes, places.value)
      return op === null || range === null ? null : { type, op, value: range }
    }
    case 'enum': {
      const op = oneOf(['in'], parts.op, places.op)
      const texts = textsOf(value, takes, places.value)
      return op === null || texts === null ? null : { type, op, value: texts }
    }
    case 'present': {
      const op = oneOf(['pr', 'np'], parts.op, places.op)
      return op === null ? null : { type, op }
    }
  }
}

function refuse(place: Place, message: string): null {
  place.refuse(message)
  return null
}

function oneOf<const Op extends string>(ops: readonly Op[], op: unknown, place: Place): Op | null {
  return ops.find((known) => known === op) ?? refuse(place, `expected one of: ${ops.join(', ')}`)
}

function textOf(value: unknown, choices: readonly string[] | undefined, place: Place): string | null {
  // YAML reads a bare +4915112345678 as a number, without its plus.
  if (typeof value === 'number') return refuse(place, 'expected text: put the number in quotes')
  if (typeof value !== 'string') return refuse(place, 'expected text')
  if (choices === undefined || choices.includes(value)) return value
  const close = nearest(value, choices)
  return refuse(place, `"${value}" is none of: ${choices.join(', ')}${close ? `; did you mean "${close}"?` : ''}`)
}

function numberOf(value: unknown, { shape, clock }: Takes, place: Place): number | null {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (shape !== 'time') return refuse(place, 'expected a number')
  const text = typeof value === 'string' ? value : ''
  const time = parseTime(text) ?? (clock ? relativeTime(text, clock) : null)
  if (time !== null) return time
  const relative = clock ? ', or a time before now: -90m, -6h, -1d, -2w' : ''
  const hint = !clock && isRelativeTime(text) ? '; relative times are for the files of backfills that repeat' : ''
  return refuse(place, `expected epoch milliseconds or an ISO date: 2026-01-31, 2026-01-31T10:00:00Z${relative}${hint}`)
}

function rangeOf(value: unknown, takes: Takes, place: Place): [number, number] | null {
  if (!Array.isArray(value) || value.length !== 2) return refuse(place, 'expected two numbers: [from, to]')
  const from = numberOf(value[0], takes, place.at(0))
  const to = numberOf(value[1], takes, place.at(1))
  if (from === null || to === null) return null
  return from <= to ? [from, to] : refuse(place, 'expected the lower end first: [from, to]')
}

function textsOf(value: unknown, takes: Takes, place: Place): string[] | null {
  if (!Array.isArray(value) || value.length === 0) return refuse(place, 'expected a list of at least one value')
  const texts = value.map((entry: unknown, index) => {
    const isPlain = takes.shape === 'any' && (typeof entry === 'number' || typeof entry === 'boolean')
    return textOf(isPlain ? String(entry) : entry, takes.choices, place.at(index))
  })
  const good = texts.filter((text) => text !== null)
  return good.length === texts.length ? good : null
}
