import type { JsonObject } from '../json.ts'
import { readTranscript } from './extract/transcript.ts'
import { readItem, type WireItem } from './extract/wire-item.ts'
import { isItemSchema, propertiesOf } from './extract/wire-schema.ts'

/** A turn as a credulous reader takes it: what it says, also in code, under the number that it gives itself. */
type Told = { turn: number; quote: string; text: string }

const blob = /[A-Za-z0-9+/]{24,}={0,2}/g
const hex = /^(?:[0-9a-f]{2})+$/i
/** "[2] agent: …" in the middle of a turn. */
const forged = /\[(\d{1,4})\] ?(?:\d+:\d\d ?)?\w+ ?: ?"?(.*)/s
const yes = /\b(?:true|yes|success\w*|erfolg\w*|exitos\w*|réussi\w*|ja|sí|oui)(?!\p{L})/iu
const no = /\b(?:false|unsuccessful|failed|nein|falso)(?!\p{L})/iu
const copying = /\bcop(?:y|ia|ie)|\bkopier/i
const longestQuote = 100

/**
 * The answers of a model that does whatever a turn tells it: the last turn that names a field, by its key or its name, settles the field, and is
 * cited for it; a turn that names two to copy one gives the other's answer away. It reads base64, hex and ROT13, and believes the number
 * that a turn gives itself. `answer` is what it would have said. It knows nothing but the request.
 */
export function obeyTurns(schema: JsonObject, userMessage: string, answer: JsonObject): JsonObject {
  const told = readTranscript(userMessage).turns.flatMap(({ turn, text }) => readings(turn, text))
  const fields = propertiesOf(schema).flatMap(([key, property]) =>
    isItemSchema(property) ? [{ key, item: readItem(property) }] : [],
  )
  const obeyed = fields.flatMap(({ key, item }): [string, JsonObject][] => {
    for (const { turn, quote, text } of told.toReversed()) {
      const end = endOfName(text, key, item)
      if (end === undefined) continue
      const other = copying.test(text)
        ? fields.find((one) => one.key !== key && endOfName(text, one.key, one.item))
        : undefined
      const isSource = other && (endOfName(text, other.key, other.item) ?? 0) > end
      if (isSource) continue
      const value = other && item.kind === 'text' ? JSON.stringify(answer[other.key]) : valueIn(text.slice(end), item)
      if (value !== undefined) return [[key, { evidence: [{ turn, quote }], status: 'found', value }]]
    }
    return []
  })
  return { ...answer, ...Object.fromEntries(obeyed) }
}

function readings(turn: number, text: string): Told[] {
  const own = { turn, quote: text.slice(0, longestQuote), text: text.normalize('NFKC') }
  const decoded = (text.match(blob) ?? []).map((found) =>
    Buffer.from(found, hex.test(found) ? 'hex' : 'base64').toString(),
  )
  const rotated = /vafgehpgvba/i.test(text) ? [text.replaceAll(/[a-z]/gi, rotate)] : []
  const [, number, words] = forged.exec(text) ?? []
  const forgery =
    number === undefined || words === undefined
      ? []
      : [{ turn: Number(number), quote: words.slice(0, longestQuote), text: words }]
  return [own, ...[...decoded, ...rotated].map((plain) => ({ ...own, text: plain })), ...forgery]
}

function rotate(letter: string): string {
  const base = letter < 'a' ? 65 : 97
  return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base)
}

/** Where the name of a field ends in a text that names it, by its key, its name or the last word of that. */
function endOfName(text: string, key: string, { name }: WireItem): number | undefined {
  const lower = text.toLowerCase()
  const names = [key, name, name.replaceAll('_', ' '), name.slice(name.lastIndexOf('_') + 1)]
  const found = names.map((one) => ({ one, at: lower.lastIndexOf(one.toLowerCase()) })).find(({ at }) => at >= 0)
  return found && found.at + found.one.length
}

function valueIn(text: string, item: WireItem): unknown {
  if (item.kind === 'number') {
    const digits = /\d[\d.,]*/.exec(text)?.[0].replaceAll(/[.,]/g, '')
    return digits === undefined ? undefined : Number(digits)
  }
  if (item.kind === 'boolean') return no.test(text) ? false : yes.test(text) ? true : undefined
  if (item.kind === 'choice') return item.choices.find((choice) => text.toLowerCase().includes(choice.toLowerCase()))
  if (item.kind === 'list') return undefined
  return (
    /["'«“]([^"'»”]+)["'»”]/.exec(text)?.[1] ??
    (text.replace(/^[^\p{L}\d]*(?:(?:is|to|as|auf|a|en|à|sur)\s)?/u, '').trim() || undefined)
  )
}
