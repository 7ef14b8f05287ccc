import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { afterCommit, transact } from '../../src/db/index.ts'
import { createTestDatabase } from '../support/database.ts'

const { db } = await createTestDatabase()
await sql`create table kept (id int)`.execute(db)

describe('transact', () => {
  test('gives its result, and a hint only when what it hints at can be seen by others', async () => {
    const seen: Promise<unknown[]>[] = []
    const result = await transact(db, async (trx) => {
      afterCommit(trx, () => seen.push(sql`select id from kept`.execute(db).then(({ rows }) => rows)))
      await sql`insert into kept values (1)`.execute(trx)
      return 0
    })
    expect(result).toBe(0)
    expect(await Promise.all(seen)).toEqual([[{ id: 1 }]])
  })

  test('a throw rolls everything back and drops the hint', async () => {
    let hints = 0
    const failing = transact(db, async (trx) => {
      afterCommit(trx, () => {
        hints += 1
      })
      await sql`insert into kept values (2)`.execute(trx)
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(hints).toBe(0)
    expect((await sql`select id from kept where id = 2`.execute(db)).rows).toEqual([])
  })

  test('a hint needs a transaction that will announce its commit', async () => {
    const bare = db.transaction().execute(async (trx) => afterCommit(trx, () => undefined))
    await expect(bare).rejects.toThrow('afterCommit needs a transaction begun by transact()')
  })
})
