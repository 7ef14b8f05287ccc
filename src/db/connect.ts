import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import { Pool, types } from 'pg'
import type { Log } from '../log.ts'
import type { Database } from './schema.ts'

export type Db = Kysely<Database>
/** A parameter of this type says: only inside a transaction. */
export type Trx = Transaction<Database>

export type ConnectOptions = {
  /** Most connections held at once, 10 unless told. */
  max?: number
  /** Where a connection lost while nobody was asking anything is reported. */
  log?: Log
}

/**
 * A pool of connections to the database at `url`, opened as they are needed.
 * Reads bigint and numeric as number, timestamptz as Date, date as `YYYY-MM-DD`, jsonb as its value.
 * A lost connection fails the query that used it and nothing else. End it with `closeDb`.
 */
export function connect(url: string, options: ConnectOptions = {}): Db {
  const pool = new Pool({
    connectionString: url,
    application_name: 'afterword',
    max: options.max ?? 10,
    connectionTimeoutMillis: 15_000,
    keepAlive: true,
    types: { getTypeParser },
  })
  const report = (error: Error) => {
    // Once all are told to end, a server that stops may be faster than their goodbyes: nothing is lost by that.
    if (!pool.ending) options.log?.warn({ code: 'db.connection_lost', reason: error.message }, 'connection lost')
  }
  pool.on('error', report)
  // pg-pool stops listening while a client is checked out: a loss between two statements of a transaction would end the process.
  pool.on('connect', (client) => client.on('error', report))
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
}

/** Ends every connection, after the queries under way. Twice is safe. */
export async function closeDb(db: Db): Promise<void> {
  await db.destroy()
}

const asText = (value: string) => value
const parsers: Record<number, (value: string) => unknown> = {
  [types.builtins.INT8]: Number,
  [types.builtins.NUMERIC]: Number,
  [types.builtins.DATE]: asText,
}

function getTypeParser(oid: number, format?: 'text' | 'binary') {
  return (format === 'binary' ? undefined : parsers[oid]) ?? types.getTypeParser(oid, format)
}
