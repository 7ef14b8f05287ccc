import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type LineCounter, Scalar } from 'yaml'

/**
 * Finds the line and column of a path of keys and indexes; where the path leads nowhere, of the last thing it reaches. A
 * number after a text is a character in it.
 */
export type Locate = (path: readonly PropertyKey[], isKey?: boolean) => { line: number; column: number }

export function locator(document: Document, lines: LineCounter, text: string): Locate {
  return (path, isKey = false) => {
    let at: unknown = document.contents
    let offset = offsetOf(at) ?? 0
    for (const [depth, step] of path.entries()) {
      if (isScalar(at) && typeof step === 'number') offset += charactersBefore(at, step, text)
      const next = child(isAlias(at) ? at.resolve(document) : at, step)
      if (next === null) break
      const isLast = depth === path.length - 1
      offset = (isLast && isKey ? null : offsetOf(next.value)) ?? offsetOf(next.key) ?? offset
      at = next.value
    }
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
}

function child(node: unknown, step: PropertyKey): { key: unknown; value: unknown } | null {
  if (isSeq(node)) return typeof step === 'number' && step in node.items ? { key: null, value: node.items[step] } : null
  if (!isMap(node)) return null
  return node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step)) ?? null
}

function offsetOf(node: unknown): number | null {
  return isNode(node) ? (node.range?.[0] ?? null) : null
}

/**
 * How far a character of a text stands from its start in the file, which may fold and indent the text but keeps what is not
 * blank. 0 where escapes hide even that.
 */
function charactersBefore({ value, type, range }: Scalar, index: number, text: string): number {
  const raw = text.slice(range?.[0], range?.[1])
  const isEscaped =
    type === Scalar.QUOTE_DOUBLE ? raw.includes('\\') : type === Scalar.QUOTE_SINGLE && raw.includes("''")
  if (typeof value !== 'string' || isEscaped) return 0
  const isBlock = type === Scalar.BLOCK_LITERAL || type === Scalar.BLOCK_FOLDED
  const start = isBlock ? raw.indexOf('\n') : type === Scalar.PLAIN ? 0 : 1
  let left = value.slice(0, index).replace(/\s/g, '').length
  let at = start
  while (at < raw.length - 1 && (left > 0 || /\s/.test(raw.charAt(at)))) {
    if (!/\s/.test(raw.charAt(at))) left -= 1
    at += 1
  }
  return at
}
