import { describe, expect, test, vi } from 'vitest'
import { setGate } from '../crash/gate.ts'
import { kinds } from '../support/accounts/account.ts'
import { byTurns } from '../support/by-turns.ts'
import type { AtEnd } from '../support/database.ts'
import { startAfterword } from '../support/start-afterword.ts'
import type { crms } from './crm-sides.ts'
import { openDoor } from './door.ts'

type Side = keyof typeof crms

const patience = { timeout: 60_000, interval: 50 }
const slow = { timeout: 90_000 }

/** A record with four calls, and nobody who works. */
async function openIdle(on: Side, atEnd: AtEnd) {
  const door = await openDoor({}, { on, working: false, atEnd })
  const { world, crm, importCrm, say } = door
  const recordId = crm.addRecord('+12125550101')
  await importCrm()
  for (const day of [1, 2, 3, 4])
    await say(`c${day}`, '+12125550101', `2026-03-0${day}T10:00:00Z`, day === 4 ? 'Pro' : 'Team')
  const startWorker = async () => {
    // The database takes a moment to notice that a killed one is gone.
    const { countWorkers } = world.queue
    await vi.waitUntil(async () => (await countWorkers()) === 0, patience)
    const worker = startAfterword('worker', world.environment, atEnd)
    await vi.waitUntil(async () => (await countWorkers()) === 1, patience)
    return worker
  }
  return { ...door, recordId, startWorker }
}

const done = 'Reran 4 conversations (1 March 2026 to 4 March 2026): 1 field changed.'

/** What a worker was about to note when it was killed. */
const points = [
  [
    'before what it found is released',
    { table: 'trigger_requests', event: 'update', when: 'new.released_at is not null' },
  ],
  ['before the outcome of the write is stored', { table: 'ledger', event: 'update', when: 'new.outcome is not null' }],
  ['before the answer is given', { table: 'trigger_requests', event: 'update', when: 'new.ended_at is not null' }],
] as const

describe.each(kinds)('on %s', (on) => {
  const share = { turn: kinds.indexOf(on), of: kinds.length }

  test.concurrent(
    'what was answered with 202 while nobody worked is done by whoever starts',
    slow,
    async ({ onTestFinished }) => {
      const { crm, trigger, read, recordId, startWorker } = await openIdle(on, onTestFinished)
      const { id } = await trigger({ record_id: recordId, conversations: 'all' })
      expect((await read(id)).state).toBe('waiting')
      await startWorker()
      await vi.waitUntil(async () => (await read(id)).state === 'done', patience)
      expect((await read(id)).message).toBe(done)
      expect(crm.held(recordId)).toBe('Pro')
    },
  )

  test.concurrent.for(byTurns(['kill', 'terminate'] as const, share))(
    'a worker ended by %s in the middle leaves the rest to the next; no answer is asked for twice',
    slow,
    async (how, { onTestFinished }) => {
      const { world, crm, trigger, read, recordId, startWorker, modelCalls } = await openIdle(on, onTestFinished)
      world.models.admin.fault({ kind: 'hang', match: 'the Pro plan' })
      const first = await startWorker()
      const { id } = await trigger({ record_id: recordId, conversations: 'all' })
      await vi.waitUntil(
        async () => (await read(id)).outcomes.filter((each) => each.outcome === 'ok').length === 3,
        patience,
      )
      // Until the last one is there, nothing goes to the CRM: a record is pushed once.
      expect(crm.held(recordId) ?? null).toBeNull()
      await first[how]()
      await startWorker()
      await vi.waitUntil(async () => (await read(id)).state === 'done', patience)
      expect((await read(id)).message).toBe(done)
      expect(crm.held(recordId)).toBe('Pro')
      expect(crm.writes()).toBe(1)
      expect(modelCalls()).toBe(5)
      expect(await world.db.selectFrom('runs').select('id').where('kind', '=', 'rerun').execute()).toHaveLength(1)
    },
  )

  test.concurrent.for(byTurns(points, share))(
    'a worker killed %s loses nothing',
    slow,
    async ([, row], { onTestFinished }) => {
      const { world, crm, trigger, read, recordId, startWorker, modelCalls } = await openIdle(on, onTestFinished)
      const gate = await setGate(world.database.url, row, onTestFinished)
      const first = await startWorker()
      const { id } = await trigger({ record_id: recordId, conversations: 'all' })
      await vi.waitUntil(gate.isReached, patience)
      await first.kill()
      await gate.cutOff()
      await startWorker()
      await vi.waitUntil(async () => (await read(id)).state === 'done', patience)
      expect((await read(id)).message).toBe(done)
      expect(crm.held(recordId)).toBe('Pro')
      expect(crm.writes()).toBe(1)
      expect(modelCalls()).toBe(4)
    },
  )
})
