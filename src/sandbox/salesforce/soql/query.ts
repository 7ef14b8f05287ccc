import { shuffled } from '../../seeded-random.ts'
import type { ObjectType } from '../objects/index.ts'
import type { Org } from '../org.ts'
import { objectOf } from '../records.ts'
import { Refusal } from '../refusals.ts'
import { type Column, columnOf, type Row, readColumn } from './columns.ts'
import { comparable, matcherOf } from './match.ts'
import { type Order, type Path, parseSoql } from './parse.ts'
import { rowsOf } from './sources.ts'
import { soqlRefusal } from './tokens.ts'

const MOST_OFFSET = 2_000

/** What a query found, in its order, and the columns to tell of it; no columns for `COUNT()`. */
export type Query = { object: ObjectType; columns: Column[]; rows: Row[] }

/** Runs a query over the living rows, with `all` over the deleted ones too. Without ORDER BY the order is the org's own. */
export function runQuery(org: Org, text: string, { all }: { all: boolean }): Query {
  const soql = parseSoql(text)
  const object = objectOf(org, soql.from.text)
  if (!object) {
    const advice = "If you are attempting to use a custom object, be sure to append the '__c' after the entity name."
    throw soqlRefusal(
      'INVALID_TYPE',
      text,
      soql.from.at,
      `sObject type '${soql.from.text}' is not supported. ${advice}`,
    )
  }
  if (soql.offset > MOST_OFFSET) {
    throw new Refusal(400, 'NUMBER_OUTSIDE_VALID_RANGE', `Maximum SOQL offset allowed is ${MOST_OFFSET}`)
  }
  const columnAt = (path: Path) => columnOf(org, text, object, path)
  const columns = soql.fields.map(columnAt)
  const orders = soql.orderBy.map(({ path, ...how }) => ({ column: sortable(text, columnAt(path)), ...how }))
  const matches = soql.where ? matcherOf(org, text, soql.where, columnAt) : () => true
  const found = rowsOf(org, object, soql.where).filter((row) => (all || !row.isDeleted) && matches(row))
  // Rows that the order does not tell apart come in no order either.
  const ordered = shuffled(org.random, found)
    .map((row) => ({ row, keys: orders.map(({ column }) => comparable(column.field, readColumn(org, row, column))) }))
    .sort((a, b) => compareKeys(orders, a.keys, b.keys))
    .map(({ row }) => row)
  const end = soql.limit === undefined ? undefined : soql.offset + soql.limit
  return { object, columns, rows: ordered.slice(soql.offset, end) }
}

function sortable(query: string, column: Column): Column {
  if (column.field.filterable && column.field.type !== 'multipicklist') return column
  const message = `field '${column.field.name}' can not be sorted in a query call`
  throw soqlRefusal('INVALID_FIELD', query, column.path.at, message)
}

type Comparable = ReturnType<typeof comparable>
type Direction = Pick<Order, 'descending' | 'nullsLast'>

function compareKeys(orders: readonly Direction[], a: readonly Comparable[], b: readonly Comparable[]): number {
  for (const [place, direction] of orders.entries()) {
    const order = compareValues(a[place] ?? null, b[place] ?? null, direction)
    if (order !== 0) return order
  }
  return 0
}

function compareValues(a: Comparable, b: Comparable, { descending, nullsLast }: Direction): number {
  if (a === b) return 0
  if (a === null || b === null) return (a === null) === nullsLast ? 1 : -1
  return a < b === descending ? 1 : -1
}
