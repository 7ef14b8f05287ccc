import { beforeEach, describe, expect, test } from 'vitest'
import { backfillStatus, planBackfill } from '../../src/backfill/index.ts'
import type { ConnectionPace, QuietHours } from '../../src/config.ts'
import { markedConnections, priorities, pushConnection } from '../../src/sync/index.ts'
import { kinds } from '../support/accounts/account.ts'
import { planOf, workOn } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { endLinger } from '../support/open-world.ts'
import { markAll } from '../support/pushes.ts'
import { rowsWritten, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

const night: QuietHours = { zone: 'Europe/Berlin', windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: 1_320, to: 360 }] }
const atNight = () => new Date('2026-11-26T23:00:00Z')
const byDay = () => new Date('2026-11-27T05:00:00Z')
const why = 'quiet hours of main until 06:00 Europe/Berlin'

describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  const { db, crm, useCases, actor, account } = world
  account.defineProperties([textField('plan_wanted')])
  await useRules(world, { from: 'plan', to: 'plan_wanted' })
  await ask(world, plan)
  let people = 100

  /** So many new people with a call each, of which a backfill has found what is to be written. */
  async function found(count: number) {
    const numbers = Array.from({ length: count }, () => `+12125550${people++}`)
    const ids = account.createContacts(numbers.map((phone) => ({ properties: { phone } })))
    await world.importCrm()
    await world.take(
      ...numbers.map((number) =>
        call({ id: number, at: '2026-04-10T10:00:00Z', number, turns: ['I want the Pro plan.'] }),
      ),
    )
    const backfillId = await planOf(world, ...numbers)
    await useCases.startBackfill({ id: backfillId, actor })
    await workOn(world, backfillId)
    await endLinger(world)
    return { numbers, ids, backfillId, planOf: (id = '') => world.held(id).plan_wanted }
  }

  /** A pusher of this process, or of another one: they share nothing but the database. */
  function push(pace: Partial<ConnectionPace>, now = byDay) {
    const paces = new Map([[crm.connection, { recordsPerMinute: null, quietHours: null, ...pace }]])
    return pushConnection({ ...world, now, paces }, crm)
  }

  const refill = () => db.deleteFrom('buckets').where('bucket', 'like', 'records:%').execute()
  beforeEach(refill)

  describe('quiet hours', () => {
    test('hold a backfill, are told in its status, and nothing is lost: in the morning it is written', async () => {
      const { ids, backfillId, planOf } = await found(3)
      const before = account.count('any').calls
      expect(await push({ quietHours: night }, atNight)).toMatchObject({ records: 0, hold: { why, until: byDay() } })
      expect(account.count('any').calls).toBe(before)
      expect(ids.map(planOf)).toEqual([undefined, undefined, undefined])
      const paces = new Map([[crm.connection, { recordsPerMinute: null, quietHours: night }]])
      const { holds, settled } = await backfillStatus({ db, now: atNight, paces }, backfillId)
      expect({ holds, settled }).toEqual({
        holds: [{ connection: 'main', contributions: 3, why, until: byDay() }],
        settled: false,
      })
      expect(await push({ quietHours: night })).toMatchObject({ records: 3, written: 3, hold: null })
      expect(ids.map(planOf)).toEqual(['Pro', 'Pro', 'Pro'])
      expect(await useCases.backfillStatus(backfillId)).toMatchObject({ settled: true, holds: [] })
    })

    test('let through what a person asks for by hand, and wake nobody for the rest', async () => {
      const { numbers, ids, planOf } = await found(2)
      const paces = new Map([[crm.connection, { recordsPerMinute: null, quietHours: night }]])
      expect(await markedConnections(db, paces, atNight())).toEqual([])
      expect(await markedConnections(db, paces, byDay())).toEqual([crm.connection])
      await useCases.rerunConversation({ conversationId: numbers[1] ?? '', actor, reason: 'by hand' })
      expect(await markedConnections(db, paces, atNight())).toEqual([crm.connection])
      expect(await push({ quietHours: night }, atNight)).toMatchObject({ records: 1, written: 1, hold: { why } })
      expect(ids.map(planOf)).toEqual([undefined, 'Pro'])
      expect(await markedConnections(db, paces, atNight())).toEqual([])
      await push({})
      expect(ids.map(planOf)).toEqual(['Pro', 'Pro'])
    })

    test.each([
      ['live', priorities.live],
      ['a trigger of the CRM', priorities.trigger],
    ])('hold %s', async (_, priority) => {
      const { ids, planOf } = await found(1)
      await db.updateTable('marks').set({ priority }).execute()
      expect(await push({ quietHours: night }, atNight)).toMatchObject({ records: 0, hold: { why } })
      await push({})
      expect(ids.map(planOf)).toEqual(['Pro'])
    })
  })

  test.each([
    [{ recordsPerMinute: 2, quietHours: night }, 'about 2 minutes at 2 records a minute, not counting its quiet hours'],
    [{ recordsPerMinute: 60, quietHours: null }, 'about a minute at 60 records a minute'],
    [
      { recordsPerMinute: null, quietHours: null },
      'as fast as it takes them, for it has no AFTERWORD_CONNECTION_MAIN_RECORDS_PER_MINUTE',
    ],
  ])('a plan warns of many records, with %j', async (pace, long) => {
    const { numbers } = await found(3)
    await push({})
    const filter = {
      kind: 'any',
      conditions: [{ field: 'conversation_id', test: { type: 'enum', op: 'in', value: numbers } }],
    }
    const deps = { ...world, now: () => new Date(), paces: new Map([['main', pace]]) }
    const planned = async (warnRecords: number) => {
      const input = { filter: filter as Parameters<typeof planBackfill>[1]['filter'], actor, reason: 'test' }
      return (await planBackfill({ ...deps, warnRecords }, input)).estimate
    }
    const { warnings, records } = await planned(2)
    expect(warnings).toEqual([`up to 3 records of main may be written, more than 2: ${long}`])
    expect(records.contacts).toMatchObject({ matched: 3, steps: { number: 3 } })
    expect((await planned(3)).warnings).toEqual([])
  })

  describe('a pace', () => {
    test('lets so many records be written, leaves the others where they are, and goes on from there', async () => {
      const { ids, backfillId, planOf } = await found(15)
      const before = rowsWritten(world)
      const first = await push({ recordsPerMinute: 60 })
      expect(first).toMatchObject({ written: 6, hold: { why: '60 records a minute of main' } })
      // A restart, or another process: the bucket is the same.
      const calls = account.count('any').calls
      expect(await push({ recordsPerMinute: 60 })).toMatchObject({ records: 0, written: 0 })
      expect([rowsWritten(world) - before, account.count('any').calls]).toEqual([6, calls])
      expect((await useCases.backfillStatus(backfillId)).pushes).toMatchObject({ recordsWritten: 6, waiting: 9 })
      await refill()
      await push({ recordsPerMinute: 60 })
      await refill()
      expect(await push({ recordsPerMinute: 60 })).toMatchObject({ written: 3, hold: null })
      expect(ids.map(planOf)).toEqual(ids.map(() => 'Pro'))
      expect(rowsWritten(world) - before).toBe(15)
    })

    test('lets what a person asks for go first', async () => {
      const { numbers, ids, planOf } = await found(4)
      await useCases.rerunConversation({ conversationId: numbers[3] ?? '', actor, reason: 'by hand' })
      expect(await push({ recordsPerMinute: 1 })).toMatchObject({ written: 1 })
      expect(ids.map(planOf)).toEqual([undefined, undefined, undefined, 'Pro'])
      await push({})
    })

    test('counts what is written, not what is looked at', async () => {
      await markAll(world)
      const { records } = (await push({ recordsPerMinute: 1 })) ?? { records: 0 }
      expect(records).toBeGreaterThan(15)
      const { ids } = await found(1)
      expect(await push({ recordsPerMinute: 1 })).toMatchObject({ written: 1 })
      expect(world.held(ids[0] ?? '').plan_wanted).toBe('Pro')
    })
  })
})
