import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, inject } from 'vitest'
import { closeDb, connect, type Db } from '../../src/db/index.ts'
import { runStatement, templateDatabase, urlOf } from './database-server.ts'

export type TestDatabase = { db: Db; url: string }

/** Says what is to be done at the end: of the file (`afterAll`), or of one test (its `onTestFinished`). The last first. */
export type AtEnd = (end: () => Promise<void>) => void

/**
 * A migrated, empty database for this test file: `const { db } = await createTestDatabase()` at its top.
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

/** A closed connection takes PostgreSQL a moment to forget. */
async function connectionsLeft(server: string, database: string): Promise<string[]> {
  const ask = `select application_name || ': ' || query as connection from pg_stat_activity where datname = $1`
  for (const deadline = Date.now() + 2_000; ; await sleep(20)) {
    const rows = await runStatement(server, ask, [database])
    if (rows.length === 0 || Date.now() > deadline) return rows.map((row) => row.connection)
  }
}
