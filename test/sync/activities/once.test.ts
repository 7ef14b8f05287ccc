import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Activities, ActivityOutcome } from '../../../src/crm/index.ts'
import { transact } from '../../../src/db/index.ts'
import { AppError } from '../../../src/errors.ts'
import { pushConnection } from '../../../src/sync/index.ts'
import { settle } from '../../../src/sync/removal/settle.ts'
import { kinds } from '../../support/accounts/account.ts'
import { defineKey, failCreation, loggedOf, useActivities } from '../../support/activities.ts'
import { call, chat } from '../../support/conversations.ts'
import { endLinger } from '../../support/open-world.ts'
import { markAll } from '../../support/pushes.ts'
import { addContact } from '../../support/records.ts'
import { createWorldOn } from '../../support/world.ts'

const at = '2026-04-10T10:00:00Z'
const hour = 3_600_000
const cases = kinds.flatMap((kind) => [
  { kind, hasKey: true },
  { kind, hasKey: false },
])

describe.each(cases)('logged once on $kind, key: $hasKey', async ({ kind, hasKey }) => {
  const world = await createWorldOn([kind])
  if (hasKey) defineKey(world)
  await useActivities(world)
  const { db, log, model, next, crm, useCases, actor } = world
  const real = crm.activities
  if (!real) throw new Error('every CRM has activities')
  let people = 100

  /** A call of a contact, analysed and waiting to be pushed. */
  async function waits(id: string, make = call) {
    const number = `+12125550${people++}`
    const contact = await addContact(world, { properties: { phone: number } })
    await world.take(make({ id, at, number, turns: ['I want a table for two.', 'It is booked.'] }))
    await useCases.rerunConversation({ conversationId: id, actor, reason: 'test' })
    return contact
  }

  /** A push that knows no time but its own: what waits for later is taken up at once. */
  const push = async ({ afterMs = 0, with: change = {} }: { afterMs?: number; with?: Partial<Activities> } = {}) => {
    await endLinger(world)
    const now = () => new Date(Date.now() + afterMs)
    return pushConnection({ db, log, model, next, now }, { ...crm, activities: { ...real, ...change } })
  }

  const dies: Partial<Activities> = {
    write: async (...rows) => {
      await real.write(...rows)
      throw new Error('killed')
    },
  }

  test.each([
    ['a 503 after the write was done', 'after_commit'],
    ['an answer cut off in its body', 'cut'],
    ['a 503 before it was done', 'status'],
  ] as const)('after %s', async (what, fault) => {
    const id = `call_${fault}`
    const contact = await waits(id)
    failCreation(world, fault, { hasKey, ...(fault === 'cut' ? {} : { status: 503 }) })
    await push()
    // Without a key nobody knows yet: before a request on its way can have arrived, nothing is sent again.
    await push()
    expect(loggedOf(world, id), what).toHaveLength(fault === 'status' && !hasKey ? 0 : 1)
    await push({ afterMs: 120_000 })
    await push({ afterMs: 240_000 })
    expect(loggedOf(world, id)).toMatchObject([{ contacts: [contact] }])
    expect(await db.selectFrom('marks').selectAll().execute()).toEqual([])
  })

  test('by a pusher that dies between the write and its storing', async () => {
    const contact = await waits('call_killed')
    await expect(push({ with: dies })).rejects.toThrow('killed')
    expect(loggedOf(world, 'call_killed')).toHaveLength(1)
    await push({ afterMs: 120_000 })
    expect(loggedOf(world, 'call_killed')).toMatchObject([{ contacts: [contact] }])
    const [stored] = await db.selectFrom('activities').selectAll().where('key', '=', 'call_killed').execute()
    expect(stored).toMatchObject({ external_id: loggedOf(world, 'call_killed')[0]?.id, attempted_at: null })
  })

  test('where its pusher died, and the conversation is deleted before the next: it goes', async () => {
    await waits('call_late')
    await expect(push({ with: dies })).rejects.toThrow('killed')
    await useCases.deleteConversation({ id: 'call_late', actor, reason: 'test' })
    await push({ afterMs: 120_000 })
    expect(loggedOf(world, 'call_late')).toEqual([])
    expect(await db.selectFrom('activities').selectAll().where('key', '=', 'call_late').execute()).toEqual([])
  })

  test('where its pusher died, and its link is moved before the next: on the new record alone', async () => {
    await waits('call_astray')
    await expect(push({ with: dies })).rejects.toThrow('killed')
    const other = await addContact(world, { properties: { phone: `+12125550${people++}` } })
    await useCases.resolveMatch({ conversationId: 'call_astray', record: other, actor, reason: 'test' })
    await push({ afterMs: 120_000 })
    expect(loggedOf(world, 'call_astray')).toMatchObject([{ contacts: [other] }])
  })

  test('by two workers at once', async () => {
    const ids = ['call_two_1', 'call_two_2', 'call_two_3']
    for (const id of ids) await waits(id)
    await Promise.all([push(), push(), push()])
    await push({ afterMs: 120_000 })
    expect(ids.map((id) => loggedOf(world, id).length)).toEqual([1, 1, 1])
  })

  test('and its cells are stored, whatever becomes of it', async () => {
    await waits('call_down')
    failCreation(world, 'status', { hasKey, status: 500, times: 20 })
    world.hubspot.addFault({ operation: 'calls.batch_upsert', kind: 'status', times: 20 })
    await push()
    expect(loggedOf(world, 'call_down')).toEqual([])
    const [contribution] = await db
      .selectFrom('contributions')
      .selectAll()
      .where('conversation_id', '=', 'call_down')
      .execute()
    expect(contribution?.state).toBe('current')
    world.account.recover()
    await push({ afterMs: 120_000 })
    await push({ afterMs: 240_000 })
    expect(loggedOf(world, 'call_down')).toHaveLength(1)
  })

  describe.runIf(hasKey === (kind === 'salesforce'))('and what is not taken', () => {
    /** Every row comes to this. */
    const always = (outcome: ActivityOutcome['outcome']): Partial<Activities> => ({
      write: async (rows) => rows.map(({ draft: { key }, activityId }) => ({ key, outcome, activityId })),
    })

    async function reruns(id: string, prompt: string) {
      const body = { analysis_summary_prompt: prompt }
      await useCases.saveDraft({ agentId: 'agent_1', kind: 'call', body, actor })
      await useCases.rerunConversation({ conversationId: id, actor, reason: 'test' })
    }

    /** For how long each mark waits, in ms. */
    async function waitsFor() {
      const marks = db.selectFrom('marks').select(['not_before', 'reason']).where('connection', '=', crm.connection)
      return (await marks.execute()).map(({ not_before, reason }) => ({
        ms: not_before.getTime() - Date.now(),
        reason,
      }))
    }

    test('for want of a permission is asked for again an hour later, and keeps no other kind from being logged', async () => {
      await waits('chat_shut', chat)
      await waits('call_open')
      const shut: Partial<Activities> = {
        keys: async (...asked) => {
          if (asked[0]?.includes('chat') ?? true) throw new AppError('crm.credentials', 'stop', 'no scope')
          return real.keys(...asked)
        },
      }
      await push({ with: shut })
      expect(loggedOf(world, 'call_open')).toHaveLength(1)
      const [wait, ...others] = await waitsFor()
      expect(others).toEqual([])
      expect(wait?.ms).toBeGreaterThan(hour - 60_000)
      await push()
      expect(loggedOf(world, 'chat_shut')).toHaveLength(1)
    })

    test('is sent again after a day, by itself and no sooner', async () => {
      await waits('call_refused')
      await push({ with: always('rejected') })
      await markAll(world)
      await push()
      expect(loggedOf(world, 'call_refused')).toEqual([])
      expect(await waitsFor()).toMatchObject([{ reason: 'activity' }])
      const [wait] = await waitsFor()
      expect(wait?.ms).toBeGreaterThan(23 * hour)
      await push({ afterMs: 25 * hour })
      expect(loggedOf(world, 'call_refused')).toHaveLength(1)
      expect(await waitsFor()).toEqual([])
    })

    test('with its text goes along all the same when its link is moved', async () => {
      await waits('call_moves')
      await push()
      await reruns('call_moves', 'Summarise the call in 4 words.')
      await push({ with: always('rejected') })
      const other = await addContact(world, { properties: { phone: `+12125550${people++}` } })
      await useCases.resolveMatch({ conversationId: 'call_moves', record: other, actor, reason: 'test' })
      await push()
      expect(loggedOf(world, 'call_moves')).toMatchObject([{ contacts: [other] }])
    })

    test('or may have taken is looked for where it was sent to, until that was done', async () => {
      if (kind !== 'hubspot') return
      const contact = await waits('call_lost')
      failCreation(world, 'after_commit', { hasKey: false, status: 503 })
      await push()
      expect(loggedOf(world, 'call_lost')).toMatchObject([{ contacts: [contact] }])
      const other = await addContact(world, { properties: { phone: `+12125550${people++}` } })
      await useCases.resolveMatch({ conversationId: 'call_lost', record: other, actor, reason: 'test' })
      await push({ afterMs: 120_000, with: always('later') })
      await push({ afterMs: 240_000 })
      expect(loggedOf(world, 'call_lost')).toMatchObject([{ contacts: [other] }])
    })

    test('for any reason keeps no outcome of its cells from being stored', async () => {
      await waits('call_broken')
      const breaks = async () => Promise.reject(new Error('broken'))
      await expect(push({ with: { write: breaks } })).rejects.toThrow('broken')
      const states = db.selectFrom('contributions').select('state').where('conversation_id', '=', 'call_broken')
      expect(await states.execute()).toEqual([{ state: 'current' }])
      await push({ afterMs: 120_000 })
      expect(loggedOf(world, 'call_broken')).toHaveLength(1)
    })

    test('no more, as its conversation is removed for good at that very moment, is not created', async () => {
      await waits('call_removed')
      let removing: Promise<void> | undefined
      const keys: Activities['keys'] = async (...asked) => {
        const isRemoved = Promise.withResolvers<void>()
        removing = transact(db, async (trx) => {
          await settle(trx, world.crms, ['call_removed'])
          isRemoved.resolve()
          await sleep(500)
        })
        await isRemoved.promise
        return real.keys(...asked)
      }
      await push({ with: { keys } })
      await removing
      expect(loggedOf(world, 'call_removed')).toEqual([])
      expect(await db.selectFrom('activities').select('id').where('key', '=', 'call_removed').execute()).toEqual([])
    })

    test('from a mapping file without rules follows as ever after that file was removed', async () => {
      await waits('call_orphan')
      await push()
      const before = loggedOf(world, 'call_orphan')
      await world.useMapping()
      const value = 'Said otherwise.'
      await useCases.correctField({ conversationId: 'call_orphan', item: 'call_summary', value, actor, reason: 'test' })
      await markAll(world)
      await push()
      const [after] = loggedOf(world, 'call_orphan')
      expect(after?.id).toBe(before[0]?.id)
      expect(after?.body).toContain(value)
    })
  })
})
