import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type KyselyPlugin, sql } from 'kysely'
import { afterAll, inject } from 'vitest'
import { closeDb, connect, type Db } from '../../src/db/index.ts'
import { runStatement, templateDatabase, urlOf } from './database-server.ts'

export type TestDatabase = { db: Db; url: string }

/** Says what is to be done at the end: of the file (`afterAll`), or of one test (its `onTestFinished`). The last first. */
export type AtEnd = (end: () => Promise<void>) => void

/**
 * A migrated, empty database for this test file, ready for a queue: `const { db } = await createTestDatabase()` at its top.
 * It is dropped after the last test, and a connection still open by then fails the file.
 */
export async function createTestDatabase(atEnd: AtEnd = afterAll): Promise<TestDatabase> {
  const server = inject('databaseServer')
  const name = `test_${randomBytes(6).toString('hex')}`
  await runStatement(server, `create database ${name} template ${templateDatabase} strategy file_copy`)
  const url = urlOf(server, name)
  const db = connect(url)
  atEnd(async () => {
    await closeDb(db)
    const open = await connectionsLeft(server, name)
    await runStatement(server, `drop database ${name} with (force)`)
    if (open.length > 0) throw new Error(`connections left open, their last statements: ${open.join(' | ')}`)
  })
  return { db, url }
}

/** Two pools on a database, as two processes have them. */
export function twoPools(url: string, max = 4, atEnd: AtEnd = afterAll): [Db, Db] {
  const pools: [Db, Db] = [connect(url, { max }), connect(url, { max })]
  for (const pool of pools) atEnd(() => closeDb(pool))
  return pools
}

/** The same database, and how many statements were asked of it through this one so far. */
export function countStatements(db: Db): { db: Db; count(): number } {
  let count = 0
  const counting: KyselyPlugin = {
    transformQuery: ({ node }) => {
      count += 1
      return node
    },
    transformResult: async ({ result }) => result,
  }
  return { db: db.withPlugin(counting), count: () => count }
}

/** Every row of all tables but these, as one fingerprint for each table. */
export async function fingerprints(db: Db, except: string[] = []): Promise<Record<string, string>> {
  const tables = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> all(${except})
  `.execute(db)
  const prints = tables.rows.map(async ({ name }) => {
    const { rows } = await sql<{ print: string }>`
      select coalesce(md5(string_agg(row::text, '|' order by row::text)), '') as print from ${sql.table(name)} as row
    `.execute(db)
    return [name, rows[0]?.print ?? '']
  })
  return Object.fromEntries(await Promise.all(prints))
}

/** A closed connection takes PostgreSQL a moment to forget. */
async function connectionsLeft(server: string, database: string): Promise<string[]> {
  const ask = `select application_name || ': ' || query as connection from pg_stat_activity where datname = $1`
  for (const deadline = Date.now() + 2_000; ; await sleep(20)) {
    const rows = await runStatement(server, ask, [database])
    if (rows.length === 0 || Date.now() > deadline) return rows.map((row) => row.connection)
  }
}
