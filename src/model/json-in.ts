/**
 * The JSON in an answer of a model that was free to wrap it: in a code fence, in words, after what it thought aloud. The first
 * balanced object that parses; the text as it is where it is JSON already, or holds none. What it says is not judged. Pure, and
 * linear in the length of the text.
 */
export function jsonIn(text: string): string {
  if (parses(text)) return text
  // A draft among the thoughts is no answer.
  const said = text.slice(text.lastIndexOf('</think>') + 1)
  let start = said.indexOf('{')
  for (let tries = 0; start !== -1 && tries < mostTries; tries++) {
    const end = endOfObject(said, start)
    if (end === -1) return text
    const object = said.slice(start, end)
    if (parses(object)) return object
    start = said.indexOf('{', end)
  }
  return text
}

/** Braces that hold no JSON are few before an answer; each costs an exception. */
const mostTries = 100

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
