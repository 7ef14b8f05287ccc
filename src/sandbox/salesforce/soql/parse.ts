import { malformed, type Token, tokensOf, unquote } from './tokens.ts'

/** A field as the query writes it, such as `Account.Name`. */
export type Path = { text: string; at: number }

export type Literal = { type: 'text' | 'number' | 'boolean' | 'null' | 'date' | 'datetime'; text: string; at: number }

export const OPERATORS = ['=', '!=', '<', '<=', '>', '>=', 'IN', 'NOT IN', 'LIKE'] as const

export type Operator = (typeof OPERATORS)[number]

export type Condition =
  | { kind: 'and' | 'or'; parts: Condition[] }
  | { kind: 'not'; part: Condition }
  | { kind: 'compare'; path: Path; operator: Operator; literals: Literal[] }

export type Order = { path: Path; descending: boolean; nullsLast: boolean }

export type Soql = {
  text: string
  /** None for `COUNT()`. */
  fields: Path[]
  from: Path
  where: Condition | undefined
  orderBy: Order[]
  limit: number | undefined
  offset: number
}

/** The words of a query, taken one after the other. */
type Reader = {
  text: string
  peek(): Token
  next(): Token
  /** Takes the word if it is the next one. */
  take(word: string): boolean
  expect(word: string): void
  fail(token: Token): never
}

/** Parses the part of SOQL that the sandbox knows; refuses the rest as a malformed query. */
export function parseSoql(text: string): Soql {
  const reader = readerOf(text)
  reader.expect('SELECT')
  const fields = readFields(reader)
  reader.expect('FROM')
  const from = readPath(reader)
  const where = reader.take('WHERE') ? readCondition(reader) : undefined
  const orderBy = reader.take('ORDER') ? readOrder(reader) : []
  const limit = reader.take('LIMIT') ? readCount(reader) : undefined
  const offset = reader.take('OFFSET') ? readCount(reader) : 0
  if (reader.peek().kind !== 'end') reader.fail(reader.peek())
  return { text, fields, from, where, orderBy, limit, offset }
}

function readerOf(text: string): Reader {
  const tokens = tokensOf(text)
  const end: Token = { kind: 'end', text: '', at: text.length }
  let place = 0
  const peek = () => tokens[place] ?? end
  const next = () => {
    const token = peek()
    place += 1
    return token
  }
  const fail = (token: Token): never => {
    throw malformed(
      text,
      token.at,
      token.kind === 'end' ? 'unexpected token: <EOF>' : `unexpected token: '${token.text}'`,
    )
  }
  const isNext = (word: string) => peek().kind !== 'text' && peek().text.toUpperCase() === word
  return {
    text,
    peek,
    next,
    fail,
    take: (word) => isNext(word) && next() !== undefined,
    expect: (word) => {
      if (!isNext(word)) fail(peek())
      next()
    },
  }
}

function readFields(reader: Reader): Path[] {
  const fields = [readPath(reader)]
  if (fields[0]?.text.toUpperCase() === 'COUNT' && reader.take('(')) {
    reader.expect(')')
    return []
  }
  while (reader.take(',')) fields.push(readPath(reader))
  return fields
}

function readPath(reader: Reader): Path {
  const token = reader.next()
  if (token.kind !== 'name') reader.fail(token)
  return { text: token.text, at: token.at }
}

/** AND and OR do not mix without parentheses, and NOT stands before one condition. */
function readCondition(reader: Reader): Condition {
  const first = readPart(reader)
  const kind = reader.take('AND') ? 'and' : reader.take('OR') ? 'or' : undefined
  if (!kind) return first
  const parts = [first, readPart(reader)]
  while (reader.take(kind.toUpperCase())) parts.push(readPart(reader))
  if (['AND', 'OR'].includes(reader.peek().text.toUpperCase())) reader.fail(reader.peek())
  return { kind, parts }
}

function readPart(reader: Reader): Condition {
  if (reader.take('NOT')) return { kind: 'not', part: readPart(reader) }
  if (!reader.take('(')) return readComparison(reader)
  const condition = readCondition(reader)
  reader.expect(')')
  return condition
}

function readComparison(reader: Reader): Condition {
  const path = readPath(reader)
  const operator = readOperator(reader)
  if (operator !== 'IN' && operator !== 'NOT IN')
    return { kind: 'compare', path, operator, literals: [readLiteral(reader)] }
  reader.expect('(')
  const literals = [readLiteral(reader)]
  while (reader.take(',')) literals.push(readLiteral(reader))
  reader.expect(')')
  return { kind: 'compare', path, operator, literals }
}

function readOperator(reader: Reader): Operator {
  const token = reader.next()
  const word = token.text.toUpperCase()
  if (word === 'NOT') {
    reader.expect('IN')
    return 'NOT IN'
  }
  const operator = OPERATORS.find((known) => known === (word === '<>' ? '!=' : word))
  return operator ?? reader.fail(token)
}

function readLiteral(reader: Reader): Literal {
  const token = reader.next()
  const { kind, text, at } = token
  if (kind === 'text') return { type: 'text', text: unquote(text), at }
  if (kind === 'number' || kind === 'date' || kind === 'datetime') return { type: kind, text, at }
  const word = text.toLowerCase()
  if (word === 'true' || word === 'false') return { type: 'boolean', text: word, at }
  return word === 'null' ? { type: 'null', text: word, at } : reader.fail(token)
}

function readOrder(reader: Reader): Order[] {
  reader.expect('BY')
  const orders: Order[] = []
  do {
    const path = readPath(reader)
    const descending = !reader.take('ASC') && reader.take('DESC')
    const nullsLast = reader.take('NULLS') && !reader.take('FIRST')
    if (nullsLast) reader.expect('LAST')
    orders.push({ path, descending, nullsLast })
  } while (reader.take(','))
  return orders
}

function readCount(reader: Reader): number {
  const token = reader.next()
  if (token.kind !== 'number' || !/^\d+$/.test(token.text)) reader.fail(token)
  return Number(token.text)
}
