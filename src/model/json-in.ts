/**
 * The JSON in an answer of a model that was free to wrap it: in a code fence, in words, after what it thought aloud. The text as it is
 * where it is JSON already, or where no balanced object parses. Nor is one taken where there are two that differ: a model that repeats
 * what a caller said may repeat an object of the caller's making. What the object says is not judged. Pure, and linear in the
 * length of the text.
 */
export function jsonIn(text: string): string {
  if (parses(text)) return text
  // A draft among the thoughts is no answer.
  const said = text.trimStart().startsWith('<think>') ? text.slice(text.lastIndexOf('</think>') + 1) : text
  const found = new Set(objectsIn(said).filter(parses))
  const [object] = found
  return object !== undefined && found.size === 1 ? object : text
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

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
