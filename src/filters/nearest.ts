/**
 * The known name that a mistyped one most likely meant, or null where none is close: at most one change per three
 * characters (always at least two), whatever the case.
 */
export function nearest(name: string, known: readonly string[]): string | null {
  const allowed = Math.max(2, Math.floor(name.length / 3))
  const ranked = known
    .map((candidate) => ({ candidate, distance: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter((entry) => entry.distance <= allowed && entry.distance < entry.candidate.length)
    .sort((a, b) => a.distance - b.distance)
  return ranked[0]?.candidate ?? null
}

/** How an unknown name is answered everywhere: the nearest known one, or all of them. */
export function unknownName(noun: string, name: string, known: readonly string[]): string {
  const close = nearest(name, known)
  const right = close === null ? `known: ${known.join(', ')}` : `did you mean "${close}"?`
  return `unknown ${noun} "${name}"; ${right}`
}

/** Levenshtein distance: inserted, removed and replaced characters. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (const [row, character] of [...a].entries()) {
    const current = [row + 1]
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (character === b[column - 1] ? 0 : 1)
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
