import { expect, onTestFinished, test, vi } from 'vitest'
import { setGate, somebodyWaits } from '../../crash/gate.ts'
import { call } from '../../support/conversations.ts'
import { openCallers } from './callers.ts'

const { world, caller, settle, report } = await openCallers('hubspot')
const { db, database } = world
const waits = () => somebodyWaits(db)

test('a changed conversation that comes again while retention settles it stays settled', async () => {
  const { calls } = await caller()
  const [first = { id: '', at: '', turns: [] }] = calls
  const forgetting = { table: 'forgotten', event: 'insert', when: `new.kind = 'conversation'` } as const
  const gate = await setGate(database.url, forgetting, onTestFinished)
  const settled = settle()
  await vi.waitUntil(gate.isReached, { interval: 5, timeout: 5_000 })

  const again = report(call({ ...first, turns: ['I want the Team plan.'] }))
  await vi.waitUntil(waits, { interval: 5, timeout: 5_000 })
  await gate.open()
  expect(await settled).toMatchObject({ settled: 3 })
  expect(await again).toMatchObject({ dropped: 1, stored: 0, changed: 0 })
  expect(await db.selectFrom('conversations').select('id').execute()).toEqual([])
})
