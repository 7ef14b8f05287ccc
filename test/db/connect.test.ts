import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { closeDb, connect } from '../../src/db/index.ts'
import { createTestDatabase } from '../support/database.ts'

const { db, url } = await createTestDatabase()

describe('connect', () => {
  test('reads numbers as numbers, moments as Date, days as text, jsonb as its value', async () => {
    const { rows } = await sql`select 9007199254740991::bigint as big, 0.10::numeric as cost,
      '2026-03-01T10:00:00.123Z'::timestamptz as at, '2026-03-01'::date as day, '{"a":[0]}'::jsonb as config`.execute(
      db,
    )
    expect(rows).toEqual([
      {
        big: 9007199254740991,
        cost: 0.1,
        at: new Date('2026-03-01T10:00:00.123Z'),
        day: '2026-03-01',
        config: { a: [0] },
      },
    ])
  })

  test('a throw inside a transaction leaves nothing behind', async () => {
    await sql`create table kept (id int)`.execute(db)
    const failing = db.transaction().execute(async (trx) => {
      await sql`insert into kept values (1)`.execute(trx)
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect((await sql`select * from kept`.execute(db)).rows).toEqual([])
  })

  test('a connection lost between two statements fails that transaction, not the process', async () => {
    const reported: string[] = []
    const log = { debug: noop, info: noop, error: noop, warn: (_: unknown, message: string) => reported.push(message) }
    const pool = connect(url, { max: 1, log })
    const failing = pool.transaction().execute(async (trx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx)
      await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(db)
      await expect.poll(() => reported.length).toBeGreaterThan(0)
      await sql`select 1`.execute(trx)
    })
    await expect(failing).rejects.toThrow()
    expect((await sql`select 1 as one`.execute(pool)).rows).toEqual([{ one: 1 }])
    await closeDb(pool)
  })
})

function noop(): void {}
