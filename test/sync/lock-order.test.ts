import { sql } from 'kysely'
import { expect, test, vi } from 'vitest'
import { startRun } from '../../src/audit/index.ts'
import { transact } from '../../src/db/index.ts'
import type { Next } from '../../src/pipeline.ts'
import { contribute } from '../../src/sync/index.ts'
import { somebodyWaits } from '../crash/gate.ts'
import { planOf, workOn } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { createPlanWorld } from '../support/plan-world.ts'
import { pushWhile } from '../support/pushes.ts'
import { addContact } from '../support/records.ts'

const world = await createPlanWorld()
const { db, actor } = world
const waits = () => somebodyWaits(db)

test('a rerun that meets the end of a push waits for it or is waited for: neither fails', async () => {
  const number = '+12125550121'
  await addContact(world, { properties: { phone: number }, at: '2024-12-01T09:00:00Z' })
  await world.take(
    call({ id: 'c1', at: '2025-01-10T10:00:00Z', number, turns: ['I want the Pro plan.', 'Good.', 'Bye.'] }),
  )
  const { analysisId = 0 } = await world.useCases.rerunConversation({ conversationId: 'c1', actor, reason: 'test' })

  const runId = await transact(db, (trx) => startRun(trx, { kind: 'rerun', actor, reason: 'again' }))
  // What `contribute` does before it marks: the older contribution, which the push under way is about to decide, is superseded.
  const isPushing = Promise.withResolvers<void>()
  const again = transact(db, async (trx) => {
    await sql`select from contributions where conversation_id = 'c1' for update`.execute(trx)
    isPushing.resolve()
    await vi.waitUntil(waits, { interval: 5, timeout: 5_000 })
    await contribute(trx, [{ conversationId: 'c1', analysisId, runId, hold: false }], 10)
  })
  await isPushing.promise
  await expect(Promise.all([again, pushWhile(world, {})])).resolves.toBeDefined()
})

test('two backfills that end one contact with different calls of it do not fail each other', async () => {
  const number = '+12125550122'
  await addContact(world, { properties: { phone: number }, at: '2024-12-01T09:00:00Z' })
  for (const [id, at] of [
    ['d1', '2025-01-10T10:00:00Z'],
    ['d2', '2025-02-10T10:00:00Z'],
  ] as const) {
    await world.take(call({ id, at, number, turns: ['I want the Pro plan.', 'Good.', 'Bye.'] }))
  }
  const both = Promise.withResolvers<void>()
  let arrived = 0
  const next: Next = {
    ...world.next,
    async analysisKept(trx, kept) {
      arrived += 1
      if (arrived === 2) both.resolve()
      await Promise.race([both.promise, vi.waitUntil(waits, { interval: 5, timeout: 5_000 })])
      await world.next.analysisKept(trx, kept)
    },
  }
  /** A backfill that has only this call left of the two. */
  const leftWith = async (last: string) => {
    const id = await planOf(world, 'd1', 'd2')
    await world.useCases.startBackfill({ id, actor })
    const others = db.updateTable('backfill_items').set({ state: 'done', outcome: 'ok' }).where('backfill_id', '=', id)
    await others.where('conversation_id', '<>', last).execute()
    return id
  }
  const [first, second] = [await leftWith('d2'), await leftWith('d1')]
  await Promise.all([workOn({ ...world, next }, first), workOn({ ...world, next }, second)])
  for (const id of [first, second])
    expect((await world.useCases.backfillStatus(id)).items).toMatchObject({ done: 2, reasons: {} })
})
