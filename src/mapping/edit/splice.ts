import { type Document, isMap, isScalar, isSeq, type Pair, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml'
import { flowText } from './flow-text.ts'
import { addLine, cut, cutWithLine, lineEnd, lineStart, pairSpan, type Span, spanOf } from './spans.ts'

export type Path = readonly (string | number)[]

/**
 * Sets one value of a YAML text, or takes it away (`undefined`), and leaves every other character as it is. The index behind
 * the last entry of a list adds one. Null where that cannot be done by the text alone, such as behind an alias. Pure.
 * `order`: the order in which new keys of the file stand.
 */
export function splice(text: string, path: Path, value: unknown, order: readonly string[] = []): string | null {
  const document = parseDocument(text)
  return spliceIn(text, document.contents, path, value, order)
}

function spliceIn(
  text: string,
  node: Document['contents'] | unknown,
  [step, ...rest]: Path,
  value: unknown,
  order: readonly string[],
): string | null {
  if (step === undefined) return null
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step))
    if (pair === undefined)
      return value === undefined ? text : addPair(text, node, String(step), nest(rest, value), order)
    if (rest.length > 0) return spliceIn(text, pair.value, rest, value, [])
    return value === undefined ? removePair(text, node, pair) : replace(text, pairValueSpan(pair), value)
  }
  if (!isSeq(node)) return null
  const place = Number(step)
  if (place === node.items.length) return value === undefined ? text : addItem(text, node, nest(rest, value))
  if (!(place in node.items)) return null
  if (rest.length > 0) return spliceIn(text, node.items[place], rest, value, [])
  return value === undefined ? removeItem(text, node, place) : replace(text, spanOf(node.items[place]), value)
}

function nest(path: Path, value: unknown): unknown {
  return path.reduceRight<unknown>((inner, step) => ({ [step]: inner }), value)
}

/** Nothing behind the colon is an empty span right there. */
function pairValueSpan({ key, value }: Pair): Span | null {
  const written = spanOf(value)
  if (written) return written
  const keySpan = spanOf(key)
  return keySpan && { start: keySpan.end + 1, end: keySpan.end + 1 }
}

function replace(text: string, span: Span | null, value: unknown): string | null {
  if (span === null) return null
  const old = text.slice(span.start, span.end)
  const space = old === '' && text[span.start - 1] === ':' ? ' ' : ''
  return cut(text, span, space + flowText(value) + (old.endsWith('\n') ? '\n' : ''))
}

function addPair(text: string, map: YAMLMap, key: string, value: unknown, order: readonly string[]): string | null {
  const pair = flowText({ [key]: value }).slice(2, -2)
  const [first] = map.items
  const whole = spanOf(map)
  if (!first) return whole && cut(text, whole, `{ ${pair} }`)
  const firstSpan = pairSpan(first)
  const before = pairSpan(predecessor(map, key, order))
  if (!firstSpan || !before) return null
  if (map.flow) return cut(text, { start: before.end, end: before.end }, `, ${pair}`)
  return addLine(text, before.end, ' '.repeat(firstSpan.start - lineStart(text, firstSpan.start)) + pair)
}

/** The pair behind which a new key stands: the last of those that come before it by the order, else the last one. */
function predecessor({ items }: YAMLMap, key: string, order: readonly string[]): Pair {
  const earlier = order.slice(0, Math.max(0, order.indexOf(key)))
  const fits = items.filter((pair) => isScalar(pair.key) && earlier.includes(String(pair.key.value)))
  return (fits.at(-1) ?? items.at(-1)) as Pair
}

function removePair(text: string, map: YAMLMap, pair: Pair): string | null {
  const spans = map.items.map(pairSpan)
  const place = map.items.indexOf(pair)
  const span = spans[place]
  if (!span) return null
  if (map.flow) return removeEntry(text, spans, place)
  const from = lineStart(text, span.start)
  if (text.slice(from, span.start).trim() === '')
    return cutWithLine(text, { start: from, end: lineEnd(text, span.end) })
  // Behind a dash: the next key takes its place, unless there are comments between.
  const next = spans[place + 1]
  if (!next) return null
  const isBare = text.slice(span.end, next.start).trim() === ''
  return cut(text, { start: span.start, end: isBare ? next.start : lineEnd(text, span.end) })
}

function addItem(text: string, list: YAMLSeq, value: unknown): string | null {
  const whole = spanOf(list)
  if (!whole) return null
  const last = spanOf(list.items.at(-1))
  if (list.items.length === 0) return cut(text, whole, `[${flowText(value)}]`)
  if (!last) return null
  if (list.flow) return cut(text, { start: last.end, end: last.end }, `, ${flowText(value)}`)
  const indent = ' '.repeat(whole.start - lineStart(text, whole.start))
  return addLine(text, last.end, `${indent}- ${flowText(value)}`)
}

function removeItem(text: string, list: YAMLSeq, place: number): string | null {
  const spans = list.items.map(spanOf)
  const span = spans[place]
  if (!span) return null
  if (list.flow) return removeEntry(text, spans, place)
  const dash = { start: text.lastIndexOf('-', span.start - 1), end: span.end }
  // A list that is left without an entry has to be written out, or nothing would be there.
  if (list.items.length === 1)
    return cut(text, dash, span.end === lineEnd(text, span.end) ? `[]${tail(text, span)}` : '[]')
  return cutWithLine(text, { start: dash.start, end: lineEnd(text, dash.end) })
}

function tail(text: string, { end }: Span): string {
  return text[end - 1] === '\n' ? '\n' : ''
}

/** One entry of `{ … }` or `[ … ]`, with its comma; a comma before the closing bracket is right in YAML. */
function removeEntry(text: string, spans: readonly (Span | null)[], place: number): string | null {
  const [before, span, after] = [spans[place - 1], spans[place], spans[place + 1]]
  if (!span) return null
  if (after) {
    const comma = /^\s*,/.exec(text.slice(span.end))
    return comma && cutWithLine(text, { start: span.start, end: span.end + comma[0].length })
  }
  const isBare = before && /^\s*,\s*$/.test(text.slice(before.end, span.start))
  return isBare ? cut(text, { start: before.end, end: span.end }) : cutWithLine(text, span)
}
