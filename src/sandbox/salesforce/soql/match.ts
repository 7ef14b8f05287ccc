import type { Field } from '../fields.ts'
import { fullId } from '../ids.ts'
import type { Org } from '../org.ts'
import type { Value } from '../records.ts'
import { type Column, type Row, readColumn } from './columns.ts'
import type { Condition, Literal, Operator } from './parse.ts'
import { soqlRefusal } from './tokens.ts'

export type Matcher = (row: Row) => boolean

/** Compiles a WHERE once, with its refusals; `columnAt` resolves the paths. */
export function matcherOf(
  org: Org,
  query: string,
  condition: Condition,
  columnAt: (path: Column['path']) => Column,
): Matcher {
  if (condition.kind === 'not') {
    const part = matcherOf(org, query, condition.part, columnAt)
    return (row) => !part(row)
  }
  if (condition.kind !== 'compare') {
    const parts = condition.parts.map((part) => matcherOf(org, query, part, columnAt))
    return condition.kind === 'and'
      ? (row) => parts.every((part) => part(row))
      : (row) => parts.some((part) => part(row))
  }
  const { operator, literals, path } = condition
  const column = columnAt(path)
  requireFilterable(query, column, operator)
  const wanted = literals.map((literal) => comparable(column.field, readLiteral(query, column, literal)))
  const pattern = operator === 'LIKE' ? likePattern(literals[0]?.text ?? '') : undefined
  const set = new Set(wanted)
  return (row) => {
    const value = readColumn(org, row, column)
    if (pattern) return typeof value === 'string' && pattern.test(value)
    return compare(operator, comparable(column.field, value), wanted[0] ?? null, set)
  }
}

function requireFilterable(query: string, { field, path }: Column, operator: Operator): void {
  if (!field.filterable) {
    throw soqlRefusal('INVALID_FIELD', query, path.at, `field '${field.name}' can not be filtered in a query call`)
  }
  const ordered = ['<', '<=', '>', '>='].includes(operator)
  const unfit = (ordered && field.type === 'boolean') || (operator === 'LIKE' && kindOf(field) !== 'text')
  if (unfit)
    throw soqlRefusal('INVALID_QUERY_FILTER_OPERATOR', query, path.at, `invalid operator on ${field.type} field`)
}

/** What kind of literal a field is compared with. */
function kindOf({ type }: Field): Literal['type'] | 'id' {
  switch (type) {
    case 'id':
    case 'reference':
      return 'id'
    case 'boolean':
    case 'date':
    case 'datetime':
      return type
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      return 'number'
    default:
      return 'text'
  }
}

function readLiteral(query: string, { field, path }: Column, { type, text, at }: Literal): Value {
  if (type === 'null') return null
  const kind = kindOf(field)
  if (type !== (kind === 'id' ? 'text' : kind)) {
    const quotes =
      kind === 'text' || kind === 'id' ? 'should be enclosed in quotes' : 'should not be enclosed in quotes'
    const message = `value of filter criterion for field '${path.text}' must be of type ${field.type} and ${quotes}`
    throw soqlRefusal('INVALID_FIELD', query, path.at, message)
  }
  if (kind === 'boolean') return text === 'true'
  if (kind === 'number') return Number(text)
  if (kind !== 'id') return text
  const id = fullId(text)
  if (id === undefined) throw soqlRefusal('INVALID_QUERY_FILTER_OPERATOR', query, at, `invalid ID field: ${text}`)
  return id
}

/** Texts compare without regard to case, ids with it, moments as moments. */
export function comparable({ type }: Field, value: Value): string | number | null {
  if (value === null) return null
  if (type === 'datetime') return Date.parse(String(value).replace(/([+-]\d{2})(\d{2})$/, '$1:$2'))
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'number' || type === 'id' || type === 'reference' ? value : value.toLowerCase()
}

type Comparable = ReturnType<typeof comparable>

function compare(operator: Operator, value: Comparable, wanted: Comparable, set: ReadonlySet<Comparable>): boolean {
  switch (operator) {
    case 'IN':
      return set.has(value)
    case 'NOT IN':
      return !set.has(value)
    case '=':
      return value === wanted
    case '!=':
      return value !== wanted
    default:
      return value !== null && wanted !== null && isOrdered(operator, value, wanted)
  }
}

function isOrdered(operator: Operator, value: string | number, wanted: string | number): boolean {
  if (operator === '<') return value < wanted
  if (operator === '<=') return value <= wanted
  return operator === '>' ? value > wanted : value >= wanted
}

function likePattern(pattern: string): RegExp {
  const parts = pattern.match(/\\[%_]|[%_]|[^%_\\]+|\\/g) ?? []
  const source = parts.map((part) => {
    if (part === '%') return '[^]*'
    if (part === '_') return '[^]'
    return part.replace(/^\\(?=[%_])/, '').replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  })
  return new RegExp(`^${source.join('')}$`, 'i')
}
