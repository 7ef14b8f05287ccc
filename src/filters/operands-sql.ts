import { type RawBuilder, type SqlBool, sql } from 'kysely'

/** One value in SQL as the tests of a filter look at it; `text` and `number` are null where it has no such reading. */
export type Operand = { present: RawBuilder<SqlBool>; text: RawBuilder<unknown>; number: RawBuilder<unknown> }

export function textOperand(value: RawBuilder<unknown>): Operand {
  return { present: sql`${value} is not null`, text: value, number: numberIn(value) }
}

export function numberOperand(value: RawBuilder<unknown>): Operand {
  return { present: sql`${value} is not null`, text: sql`(${value})::text`, number: value }
}

export function booleanOperand(value: RawBuilder<unknown>): Operand {
  return { present: sql`${value} is not null`, text: sql`(${value})::text`, number: sql`null::float8` }
}

/** JSON's null is no value; an object or list is one, but has neither text nor number. */
export function jsonOperand(value: RawBuilder<unknown>): Operand {
  const type = sql`jsonb_typeof(${value})`
  const text = sql`(${value} #>> '{}')`
  return {
    present: sql`coalesce(${type} <> 'null', false)`,
    text: sql`(case when ${type} in ('string', 'number', 'boolean') then ${text} end)`,
    number: sql`(case ${type} when 'number' then ${text}::float8 when 'string' then ${numberIn(text)} end)`,
  }
}

/** A JSON value of which a list or an object counts as none. */
export function singleOperand(value: RawBuilder<unknown>): Operand {
  const present = sql<SqlBool>`coalesce(jsonb_typeof(${value}) in ('string', 'number', 'boolean'), false)`
  return { ...jsonOperand(value), present }
}

/** Text that is plainly a number. With more digits than a double has room for, PostgreSQL would fail the whole query. */
function numberIn(text: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(case when ${text} ~ '^-?[0-9]{1,250}([.][0-9]{1,250})?$' then ${text}::float8 end)`
}
