import { sql } from 'kysely'
import { expect, onTestFinished, test, vi } from 'vitest'
import { setGate } from '../../crash/gate.ts'
import { call } from '../../support/conversations.ts'
import { openCallers } from './callers.ts'

const { world, caller, settle, report } = await openCallers('hubspot')
const { db, database } = world

async function somebodyWaits(): Promise<boolean> {
  const { rows } = await sql`select from pg_locks join pg_stat_activity using (pid)
    where not granted and transactionid is not null and datname = current_database()`.execute(db)
  return rows.length > 0
}

test('a changed conversation that comes again while retention settles it stays settled', async () => {
  const { calls } = await caller()
  const [first = { id: '', at: '', turns: [] }] = calls
  const forgetting = { table: 'forgotten', event: 'insert', when: `new.kind = 'conversation'` } as const
  const gate = await setGate(database.url, forgetting, onTestFinished)
  const settled = settle()
  await vi.waitUntil(gate.isReached, { interval: 5, timeout: 5_000 })

  const again = report(call({ ...first, turns: ['I want the Team plan.'] }))
  await vi.waitUntil(somebodyWaits, { interval: 5, timeout: 5_000 })
  await gate.open()
  expect(await settled).toMatchObject({ settled: 3 })
  expect(await again).toMatchObject({ dropped: 1, stored: 0, changed: 0 })
  expect(await db.selectFrom('conversations').select('id').execute()).toEqual([])
})
