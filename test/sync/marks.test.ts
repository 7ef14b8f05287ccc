import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { transact } from '../../src/db/index.ts'
import { markRecords, nextMarks, priorities } from '../../src/sync/marks.ts'
import { createTestDatabase } from '../support/database.ts'

const { db } = await createTestDatabase()
await db.insertInto('connections').values({ name: 'main', kind: 'hubspot' }).execute()
const rows = await db
  .insertInto('crm_records')
  .values(['1', '2', '3'].map((external_id) => ({ connection: 'main', object: 'contacts', external_id })))
  .returning('id')
  .execute()
const [first = 0, second = 0, third = 0] = rows.map((row) => row.id)

beforeEach(async () => {
  await db.deleteFrom('marks').execute()
})

function mark(priority: number, ...recordIds: number[]): Promise<void> {
  return transact(db, (trx) => markRecords(trx, { connection: 'main', recordIds, priority, reason: 'test' }))
}

async function next(most = 100): Promise<number[] | undefined> {
  return (await nextMarks(db, 'main', most))?.marks.map((each) => each.recordId)
}

test('background marks wait for company', async () => {
  await mark(priorities.background, first, second)
  expect(await next()).toBeUndefined()
})

test('with one whose time has come go all that still wait', async () => {
  await mark(priorities.background, first)
  await db
    .updateTable('marks')
    .set({ not_before: new Date(0) })
    .execute()
  await mark(priorities.background, second, third)
  expect(await next()).toEqual([first, second, third])
})

test('a full batch waits no longer', async () => {
  await mark(priorities.background, first, second, third)
  expect(await next(2)).toEqual([first, second])
})

test('a record that is wanted now takes nobody along', async () => {
  await mark(priorities.background, first, second)
  await mark(priorities.interactive, third)
  expect(await next()).toEqual([third])
})

test('a record that is wanted, but not yet, keeps nobody busy', async () => {
  await mark(priorities.interactive, first)
  await db.updateTable('marks').set({ not_before: sql<Date>`now() + interval '1 second'` }).execute()
  expect(await nextMarks(db, 'main', 1)).toBeNull()
  await mark(priorities.background, second)
  await db
    .updateTable('marks')
    .set({ not_before: new Date(0) })
    .where('record_id', '=', second)
    .execute()
  expect(await next()).toEqual([second])
})
