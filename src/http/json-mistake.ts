const blanks = String.raw`[ \t\r\n]*`
const text = String.raw`"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\x00-\x1f]*)*"`
const number = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`
/** One token: a sign, a text, or another value. */
const token = new RegExp(String.raw`${blanks}(?:([{}[\],:])|(${text})|${number}|true|false|null)`, 'y')

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' | 'nothing'

/**
 * Where a text stops being JSON, as line and column from 1; for a text that ends too early, its end. JSON.parse tells the place
 * for some mistakes only. Pure.
 */
export function placeOfMistake(json: string): { line: number; column: number } {
  const open: string[] = []
  let expected: Expected = 'value'
  let at = 0
  token.lastIndex = 0
  for (let match = token.exec(json); match !== null; match = token.exec(json)) {
    const [, sign, string] = match
    const next = step(expected, sign ?? (string === undefined ? 'value' : 'text'), open)
    if (next === undefined) break
    expected = next
    at = token.lastIndex
  }
  const before = json.slice(0, at + json.slice(at).search(/[^ \t\r\n]|$/)).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

/** What may follow, or undefined where `found` may not stand. `open` holds the brackets around us. */
function step(expected: Expected, found: string, open: string[]): Expected | undefined {
  const after = () => (open.length === 0 ? 'nothing' : ', or end')
  if (found === '}' || found === ']') {
    const bracket = found === '}' ? '{' : '['
    const mayEnd = expected === ', or end' || expected === (found === '}' ? 'key or }' : 'value or ]')
    return mayEnd && open.pop() === bracket ? after() : undefined
  }
  if (expected === ':') return found === ':' ? 'value' : undefined
  if (expected === ', or end') return found === ',' ? (open.at(-1) === '{' ? 'key' : 'value') : undefined
  if (expected === 'key' || expected === 'key or }') return found === 'text' ? ':' : undefined
  if (expected === 'nothing') return undefined
  if (found === '{' || found === '[') {
    open.push(found)
    return found === '{' ? 'key or }' : 'value or ]'
  }
  return found === 'text' || found === 'value' ? after() : undefined
}
