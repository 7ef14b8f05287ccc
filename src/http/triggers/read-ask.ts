import { AppError } from '../../errors.ts'
import { parseTime } from '../../filters/index.ts'
import type { RecordAsk, WantedConversations } from '../../triggers/index.ts'

type Named = { name: string; value: unknown }
type Plain = Record<string, unknown>

const usualMost = 20
const greatestMost = 200
const longestKey = 200

/**
 * What a CRM's workflow asks for, out of whatever shape it sends: our own, HubSpot's "Send a webhook" (the whole record or
 * chosen properties), a HubSpot card or custom action, a Salesforce Flow. Fields it knows nothing of are passed over. Throws
 * `request.invalid` (400) with every mistake, its field and what would be right.
 */
export function readAsk(
  connection: string,
  sent: { body: unknown; query: Plain; idempotencyKey: string | undefined },
): RecordAsk {
  const problems: string[] = []
  const body = objectIn(sent.body ?? {}, problems)
  const ask: RecordAsk = {
    connection,
    recordId: readRecordId(body, sent.query, problems),
    object: readObject(body, sent.query),
    wanted: readWanted(body, sent.query, problems),
    requestKey: readKey(body, sent.idempotencyKey, problems),
  }
  if (problems.length === 0) return ask
  throw new AppError('request.invalid', 'skip', problems.join('; '), { status: 400, facts: { problems } })
}

function objectIn(body: unknown, problems: string[]): Plain {
  if (isPlain(body)) return body
  problems.push('body: must be one JSON object, such as {"record_id": "101"}')
  return {}
}

function readRecordId(body: Plain, query: Plain, problems: string[]): string {
  const { properties, object } = body
  const found = firstOf([
    { name: 'record_id', value: query.record_id },
    ...named(body, ['record_id', 'recordId', 'objectId', 'hs_object_id', 'vid', 'Id', 'id']),
    { name: 'properties.hs_object_id', value: isPlain(properties) ? unwrapped(properties.hs_object_id) : undefined },
    { name: 'object.objectId', value: isPlain(object) ? object.objectId : undefined },
  ])
  if (!found) {
    problems.push('record_id: is missing; it is the id of the CRM record, in a JSON body or as ?record_id=')
    return ''
  }
  const text = textOf(found.value)
  if (text === null) problems.push(`${found.name}: must be the id of one CRM record, a string or a whole number`)
  return text ?? ''
}

/** Which object is meant; what is no text names none, for in some bodies `object` is the record itself. */
function readObject(body: Plain, query: Plain): string | null {
  const { object, attributes } = body
  const found = [
    query.object,
    ...named(body, ['object', 'objectType', 'object_type', 'objectTypeId']).map((each) => each.value),
    isPlain(object) ? object.objectType : undefined,
    isPlain(attributes) ? attributes.type : undefined,
  ].find((value) => typeof value === 'string' && value.trim() !== '')
  return typeof found === 'string' ? found : null
}

function readWanted(body: Plain, query: Plain, problems: string[]): WantedConversations {
  const said = query.conversations ?? body.conversations
  const inner = isPlain(said) ? said : {}
  const since = firstOf([
    { name: 'conversations.since', value: inner.since },
    ...named({ ...body, ...query }, ['since']),
  ])
  const most = readMost(firstOf([...named(inner, ['most']), ...named({ ...body, ...query }, ['most'])]), problems)
  const isKnown = isPlain(said)
    ? since !== undefined
    : [undefined, null, '', 'latest', 'all', 'since'].includes(wordOf(said))
  if (!isKnown) problems.push('conversations: must be "latest", "all" or {"since": "2026-01-31"}')
  if (since !== undefined && said === 'latest') problems.push('since: does not go with conversations "latest"')
  if (since === undefined && said === 'since') problems.push('since: is missing; conversations "since" needs it')
  if (since === undefined) return said === 'all' ? { conversations: 'all', most } : { conversations: 'latest' }
  return { conversations: 'since', since: readSince(since, problems), most }
}

/** HubSpot gives the date of a property in epoch milliseconds. */
function readSince({ name, value }: Named, problems: string[]): Date {
  const text = textOf(value) ?? ''
  const at = /^\d{12,14}$/.test(text) ? Number(text) : parseTime(text)
  if (at === null) {
    problems.push(`${name}: must be a date (2026-01-31), a time with its zone, or epoch milliseconds`)
    return new Date(0)
  }
  return new Date(at)
}

function readMost(most: Named | undefined, problems: string[]): number {
  if (most === undefined) return usualMost
  const number = Number(textOf(most.value) ?? Number.NaN)
  if (Number.isInteger(number) && number >= 1 && number <= greatestMost) return number
  problems.push(`most: must be a whole number from 1 to ${greatestMost}`)
  return usualMost
}

function readKey(body: Plain, header: string | undefined, problems: string[]): string | null {
  const found = firstOf([...named(body, ['request_key', 'requestKey']), { name: 'Idempotency-Key', value: header }])
  if (!found) return null
  const text = textOf(found.value)
  if (text === null || text.length > longestKey) {
    problems.push(`${found.name}: must be a text of at most ${longestKey} characters`)
    return null
  }
  return text
}

function named(from: Plain, names: string[]): Named[] {
  return names.map((name) => ({ name, value: from[name] }))
}

function firstOf(candidates: Named[]): Named | undefined {
  return candidates.find(({ value }) => value !== undefined && value !== null && value !== '')
}

/** A text that is none but blank, or a whole number as text; null for all else. */
function textOf(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}

function wordOf(value: unknown): string | null | undefined {
  return value === undefined || value === null || typeof value === 'string' ? value : 'other'
}

/** HubSpot's older bodies wrap every value: `{"value": "101", "versions": […]}`. */
function unwrapped(property: unknown): unknown {
  return isPlain(property) ? property.value : property
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
