/**
 * The JSON in an answer of a model that was free to wrap it, and what it parses to: in a code fence, in words, after what it thought aloud. The text as it is
 * where it is JSON already, or (without `json`) where no balanced object parses. Nor is one taken where there are two that differ: a model that repeats
 * what a caller said may repeat an object of the caller's making. What the object says is not judged. Pure, and linear in the
 * length of the text.
 */
export function jsonIn(text: string): { text: string; json?: unknown } {
  const json = parsed(text)
  if (json !== undefined) return { text, json }
  // A draft among the thoughts is no answer.
  const said = text.trimStart().startsWith('<think>') ? text.slice(text.lastIndexOf('</think>') + 1) : text
  const found = new Map(
    objectsIn(said).flatMap((object): [string, unknown][] => {
      const inner = parsed(object)
      return inner === undefined ? [] : [[object, inner]]
    }),
  )
  const [only] = found
  return only && found.size === 1 ? { text: only[0], json: only[1] } : { text }
}

/** What stands between balanced braces, from the first on; nothing more where one is never closed. */
function objectsIn(text: string): string[] {
  const objects: string[] = []
  let start = text.indexOf('{')
  while (start !== -1 && objects.length < mostObjects) {
    const end = endOfObject(text, start)
    if (end === -1) break
    objects.push(text.slice(start, end))
    start = text.indexOf('{', end)
  }
  return objects
}

/** Braces that hold no JSON are few around an answer; to try each costs an exception. */
const mostObjects = 100

/** Where the object that opens at `start` is closed, -1 where it never is. Braces in its strings do not count. */
function endOfObject(text: string, start: number): number {
  let depth = 0
  let isQuoted = false
  for (let at = start; at < text.length; at++) {
    const char = text[at]
    if (isQuoted && char === '\\') at++
    else if (char === '"') isQuoted = !isQuoted
    else if (!isQuoted && char === '{') depth++
    else if (!isQuoted && char === '}' && --depth === 0) return at + 1
  }
  return -1
}

/** Undefined where it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
