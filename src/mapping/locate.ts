import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type LineCounter } from 'yaml'

/** Finds the line and column of a path of keys and indexes; where the path leads nowhere, of the last thing it reaches. */
export type Locate = (path: readonly PropertyKey[], isKey?: boolean) => { line: number; column: number }

export function locator(document: Document, lines: LineCounter): Locate {
  return (path, isKey = false) => {
    let at: unknown = document.contents
    let offset = offsetOf(at) ?? 0
    for (const [depth, step] of path.entries()) {
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
