import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { startRun } from '../../src/audit/index.ts'
import { readDeadline } from '../../src/backfill/index.ts'
import { lateSignal, sliceOf } from '../../src/backfill/slice.ts'
import { insertBackfill } from '../../src/backfill/store.ts'
import { transact } from '../../src/db/index.ts'
import { createTestDatabase } from '../support/database.ts'

const { db } = await createTestDatabase()
const actor = { kind: 'cli', name: 'test' } as const

async function running(lane: 'standard' | 'flex') {
  const plan = {
    filter: { kind: 'any' as const, conditions: [] },
    actor,
    reason: 'x',
    lane: { lane, deadlineAt: null },
  }
  const id = await transact(db, (trx) => insertBackfill(trx, plan))
  const run_id = await transact(db, (trx) => startRun(trx, { kind: 'backfill', actor, reason: 'x' }))
  const set = { state: 'running', run_id, started_at: new Date() } as const
  await db.updateTable('backfills').set(set).where('id', '=', id).execute()
  return { id, lane }
}

describe('a slice', () => {
  const never = new AbortController().signal
  const soon = { leastMs: 20 }

  test('by standard ends when its time is over', async () => {
    const slice = sliceOf(db, await running('standard'), never, soon)
    await expect.poll(() => slice.aborted).toBe(true)
  })

  test('by flex ends only when more backfills go by flex than have a place', async () => {
    const backfill = await running('flex')
    await running('flex')
    await running('standard')
    const slice = sliceOf(db, backfill, never, soon)
    await sleep(200)
    expect(slice.aborted).toBe(false)
    const third = await running('flex')
    await expect.poll(() => slice.aborted).toBe(true)
    expect(sliceOf(db, third, AbortSignal.abort(), soon).aborted).toBe(false)
  })
})

test('late is from the deadline on, never without one, and nothing by standard', async () => {
  const now = new Date('2026-12-01T18:00:00Z')
  const at = (deadlineAt: Date | null) => lateSignal({ lane: 'flex', deadlineAt }, now)
  expect(lateSignal({ lane: 'standard', deadlineAt: null }, now)).toBeNull()
  expect([at(null)?.aborted, at(new Date('2026-12-31T18:00:00Z'))?.aborted, at(now)?.aborted]).toEqual([
    false,
    false,
    true,
  ])
  const soon = at(new Date(now.getTime() + 30))
  expect(soon?.aborted).toBe(false)
  await expect.poll(() => soon?.aborted).toBe(true)
})

describe('a deadline', () => {
  const now = new Date('2026-12-01T18:00:00Z')

  test.each([
    ['90m', '2026-12-01T19:30:00.000Z'],
    ['6h', '2026-12-02T00:00:00.000Z'],
    ['2d', '2026-12-03T18:00:00.000Z'],
    ['2026-12-02T00:00:00+01:00', '2026-12-01T23:00:00.000Z'],
  ])('%s is %s', (text, time) => {
    expect(readDeadline(text, now).toISOString()).toBe(time)
  })

  test.each(['', '6', '0h', '-6h', '6 hours', 'tomorrow', '2026-12-02', '2026-12-02T00:00:00', '2026-12-01T18:00:00Z'])(
    '%j is refused, and says what would be right',
    (text) => {
      expect(() => readDeadline(text, now)).toThrow(
        expect.objectContaining({
          code: 'backfill.deadline',
          status: 422,
          message: expect.stringContaining('90m, 6h'),
        }),
      )
    },
  )
})
