import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { numberOperand, type Operand } from './operands-sql.ts'
import type { Test } from './types.ts'

type NumberOp = Extract<Test, { type: 'number' }>['op']
type TextOp = Extract<Test, { type: 'string' }>['op']

/** One test of one value, as `matches` means it: no value passes `np` and `ne` only. */
export function passes(test: Test, { present, text, number }: Operand): RawBuilder<SqlBool> {
  switch (test.type) {
    case 'present':
      return test.op === 'pr' ? present : sql`not (${present})`
    case 'string':
      return passesText(test.op, text, storable(test.value))
    case 'enum':
      return sql`${text} = any(${test.value.map(storable)}::text[])`
    case 'boolean':
      return sql`${text} = ${String(test.value)}`
    case 'number':
      return sql`${number} ${comparison[test.op]} ${test.value}::float8`
    case 'range':
      return sql`${number} between ${test.value[0]}::float8 and ${test.value[1]}::float8`
  }
}

function passesText(op: TextOp, text: RawBuilder<unknown>, wanted: string): RawBuilder<SqlBool> {
  switch (op) {
    case 'eq':
      return sql`${text} = ${wanted}`
    case 'ne':
      return sql`${text} is distinct from ${wanted}`
    case 'sw':
      return sql`starts_with(${text}, ${wanted})`
    case 'ew':
      return sql`right(${text}, length(${wanted}::text)) = ${wanted}`
    case 'co':
      return sql`strpos(${text}, ${wanted}) > 0`
  }
}

const comparison: Record<NumberOp, RawBuilder<unknown>> = {
  eq: sql`=`,
  ne: sql`is distinct from`,
  gt: sql`>`,
  ge: sql`>=`,
  lt: sql`<`,
  le: sql`<=`,
}

/** A test of a time in epoch milliseconds, as bounds on the column itself so that its index serves. */
export function passesTime(test: Test, column: RawBuilder<unknown>): RawBuilder<SqlBool> {
  const bounds = boundsOf(test)
  if (bounds) return sql`${column} between ${instant(bounds[0])} and ${instant(bounds[1])}`
  return passes(test, numberOperand(sql`(extract(epoch from ${column}) * 1000)::bigint`))
}

/** The first and the last whole millisecond that pass. */
function boundsOf(test: Test): [number, number] | null {
  if (test.type === 'range') return [Math.ceil(test.value[0]), Math.floor(test.value[1])]
  if (test.type !== 'number') return null
  const { op, value } = test
  switch (op) {
    case 'ne':
      return null
    case 'eq':
      return [Math.ceil(value), Math.floor(value)]
    case 'gt':
      return [Math.floor(value) + 1, Number.POSITIVE_INFINITY]
    case 'ge':
      return [Math.ceil(value), Number.POSITIVE_INFINITY]
    case 'lt':
      return [Number.NEGATIVE_INFINITY, Math.ceil(value) - 1]
    case 'le':
      return [Number.NEGATIVE_INFINITY, Math.floor(value)]
  }
}

/** Every stored time lies between 1970 and 9999; a bound beyond them stands just outside. */
function instant(epochMs: number): Date {
  return new Date(Math.min(Math.max(epochMs, -1), 253_402_300_800_000))
}

/** Text without NUL, which PostgreSQL refuses and no stored text holds; U+FFFF is no character, so it equals nothing either. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\uffff')
}
