import type { ColumnType, GeneratedAlways } from 'kysely'

/** A jsonb column: read parsed, written through `json()` as text, so that an array is never taken for a PostgreSQL array. */
export type Json<T> = ColumnType<T, string, string>
export type JsonWithDefault<T> = ColumnType<T, string | undefined, string>
export type NullableJson<T> = ColumnType<T | null, string | null | undefined, string | null>
export type At = ColumnType<Date, Date | undefined, Date>
export type Id = GeneratedAlways<number>
export type Plain = Record<string, unknown>
