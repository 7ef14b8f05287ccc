import type { HttpReply } from '../http.ts'
import { isObject } from '../json.ts'
import type { RetellObject } from './account.ts'

/** Left out of lists: "Transcript fields are intentionally omitted" (reference/retell.md 2.2). */
const omitted = [
  'transcript',
  'transcript_object',
  'transcript_with_tool_calls',
  'scrubbed_transcript_with_tool_calls',
  'message_with_tool_calls',
]

const known = new Set(['filter_criteria', 'sort_order', 'limit', 'skip', 'pagination_key', 'include_total'])

/** The v3 lists of calls and chats, as far as a filter by start time and status goes; what else is asked for is refused, not left out. */
export function listConversations(kind: 'call' | 'chat', objects: Iterable<RetellObject>, body: unknown): HttpReply {
  const asked = isObject(body) ? body : {}
  const { filter_criteria: filter = {}, sort_order: order = 'descending', limit = 50, pagination_key: key } = asked
  if (Object.keys(asked).some((name) => !known.has(name)) || !isObject(filter)) return badRequest()
  if (typeof limit !== 'number' || limit < 1 || limit > 1_000) return badRequest()
  const { start_timestamp: start, [`${kind}_status`]: status, ...others } = filter
  if (Object.keys(others).length > 0) return badRequest()
  const after = typeof key === 'string' ? placeIn(key) : null
  if (after === undefined) return badRequest()
  const sign = order === 'ascending' ? 1 : -1
  const placeOf = (object: RetellObject) => [Number(object.start_timestamp ?? 0), String(object[`${kind}_id`])] as const
  const compare = (a: readonly [number, string], b: readonly [number, string]) =>
    sign * (a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0))
  const fitting = [...objects]
    .filter((object) => fitsStart(object.start_timestamp, start) && fitsEnum(object[`${kind}_status`], status))
    .filter((object) => after === null || compare(placeOf(object), after) > 0)
    .toSorted((a, b) => compare(placeOf(a), placeOf(b)))
  const page = fitting.slice(0, limit)
  const last = page.at(-1)
  const hasMore = fitting.length > page.length
  const items = page.map((object) =>
    Object.fromEntries(Object.entries(object).filter(([name]) => !omitted.includes(name))),
  )
  return {
    status: 200,
    body: { items, has_more: hasMore, ...(hasMore && last && { pagination_key: keyOf(placeOf(last)) }) },
  }
}

function fitsStart(value: unknown, filter: unknown): boolean {
  if (filter === undefined) return true
  if (!isObject(filter) || typeof value !== 'number') return false
  const { type, op, value: bound } = filter
  if (type === 'number' && op === 'ge') return value >= Number(bound)
  if (type === 'range' && op === 'bt' && Array.isArray(bound))
    return value >= Number(bound[0]) && value <= Number(bound[1])
  return false
}

function fitsEnum(value: unknown, filter: unknown): boolean {
  if (filter === undefined) return true
  return isObject(filter) && filter.type === 'enum' && Array.isArray(filter.value) && filter.value.includes(value)
}

function keyOf(place: readonly [number, string]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

function placeIn(key: string): readonly [number, string] | undefined {
  try {
    const [start, id] = JSON.parse(Buffer.from(key, 'base64url').toString('utf8'))
    return [Number(start), String(id)]
  } catch {
    return undefined
  }
}

function badRequest(): HttpReply {
  return { status: 400, body: { status: 'error', message: 'Invalid request format, please check API reference.' } }
}
