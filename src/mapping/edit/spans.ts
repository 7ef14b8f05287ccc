import { isCollection, isNode, type Pair } from 'yaml'

/** A part of a text: from its first character to behind its last. */
export type Span = { start: number; end: number }

/** Where a node stands, without the blank lines and comments that YAML counts to a block. Null where nothing was written. */
export function spanOf(node: unknown): Span | null {
  if (!isNode(node) || !node.range) return null
  const [start, end] = node.range
  if (!isCollection(node) || node.flow) return { start, end }
  const last = node.items.at(-1)
  const lastSpan = isPair(last) ? pairSpan(last) : spanOf(last)
  return { start, end: lastSpan?.end ?? end }
}

export function pairSpan({ key, value }: Pair): Span | null {
  const keySpan = spanOf(key)
  return keySpan && { start: keySpan.start, end: spanOf(value)?.end ?? keySpan.end }
}

function isPair(item: unknown): item is Pair {
  return typeof item === 'object' && item !== null && !isNode(item)
}

export function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1
}

/** Behind the last character of a line, before its end of line; where a block scalar has taken that along, `at` itself. */
export function lineEnd(text: string, at: number): number {
  if (text[at - 1] === '\n') return at
  const end = text.indexOf('\n', at)
  if (end === -1) return text.length
  return text[end - 1] === '\r' ? end - 1 : end
}

export function cut(text: string, { start, end }: Span, instead = ''): string {
  return text.slice(0, start) + instead + text.slice(end)
}

/** Adds a line below the one that `at` stands on, with the line ends of the text. */
export function addLine(text: string, at: number, line: string): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const end = lineEnd(text, at)
  const isBehindLineEnd = text[end - 1] === '\n'
  return cut(text, { start: end, end }, isBehindLineEnd ? line + eol : eol + line)
}

/** Takes out a part of a text, and with it the line that it leaves blank. */
export function cutWithLine(text: string, { start, end }: Span): string {
  const from = lineStart(text, start)
  const to = lineEnd(text, end)
  const isAlone = text.slice(from, start).trim() === '' && text.slice(end, to).trim() === ''
  if (!isAlone) return cut(text, { start, end: end + (/^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0) })
  const next = text[to - 1] === '\n' ? to : text.indexOf('\n', to) + 1 || text.length
  return cut(text, { start: from, end: next })
}
