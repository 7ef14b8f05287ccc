import { Refusal } from '../refusals.ts'

export type Token = {
  kind: 'name' | 'text' | 'number' | 'date' | 'datetime' | 'sign' | 'end'
  text: string
  /** Where it stands in the query, from 0. */
  at: number
}

const FORMS: readonly { kind: Token['kind'] | 'space'; form: RegExp }[] = [
  { kind: 'space', form: /\s+/y },
  { kind: 'datetime', form: /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})/y },
  { kind: 'date', form: /\d{4}-\d{2}-\d{2}/y },
  { kind: 'number', form: /[+-]?\d+(?:\.\d+)?/y },
  { kind: 'text', form: /'(?:[^'\\]|\\.)*'/y },
  { kind: 'name', form: /[A-Za-z]\w*(?:\.[A-Za-z]\w*)*/y },
  { kind: 'sign', form: /<=|>=|!=|<>|[=<>(),]/y },
]

/** The words of a query, closed by an `end`. */
export function tokensOf(query: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < query.length) {
    const token = tokenAt(query, at)
    if (!token) throw malformed(query, at, `unexpected character: '${query[at]}'`)
    if (token.kind !== 'space') tokens.push({ kind: token.kind, text: token.text, at })
    at += token.text.length
  }
  return [...tokens, { kind: 'end', text: '', at }]
}

function tokenAt(query: string, at: number) {
  for (const { kind, form } of FORMS) {
    form.lastIndex = at
    const text = form.exec(query)?.[0]
    if (text) return { kind, text }
  }
  return undefined
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

/** What a quoted text says; in a pattern `\%` and `\_` keep their stroke. */
export function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, (whole, letter: string) => {
    return letter === '%' || letter === '_' ? whole : (ESCAPES[letter] ?? letter)
  })
}

/** A query that is no SOQL, or none that the sandbox knows. */
export function malformed(query: string, at: number, message: string): Refusal {
  return soqlRefusal('MALFORMED_QUERY', query, at, message)
}

/** Salesforce shows the place of an error in the query, with a caret below it. */
export function soqlRefusal(errorCode: string, query: string, at: number, message: string): Refusal {
  const from = Math.max(0, at - 32)
  const shown = `\n${query.slice(from, at + 32)}\n${' '.repeat(at - from)}^\n`
  return new Refusal(400, errorCode, `${shown}ERROR at Row:1:Column:${at + 1}\n${message}`)
}
