import { expect, test } from 'vitest'
import { backfillStatus } from '../../src/backfill/index.ts'
import { inBackground } from '../../src/limits/index.ts'
import { markedConnections, pushConnection, unreadConnections } from '../../src/sync/index.ts'
import { kinds } from '../support/accounts/account.ts'
import { planOf, workOn } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { endLinger } from '../support/open-world.ts'
import { textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

const dayMs = 86_400_000

test.each(kinds)(
  'what %s has no calls left for today waits, is told, and is written when the next day has begun',
  async (kind) => {
    const world = await createWorldOn([kind])
    const { db, crm, useCases, actor, account, paces } = world
    account.defineProperties([textField('plan_wanted')])
    await useRules(world, { from: 'plan', to: 'plan_wanted' })
    await ask(world, plan)
    const [id = ''] = account.createContacts([{ properties: { phone: '+12125550100', lastname: 'Doe' } }])
    await world.importCrm()
    await world.take(
      call({ id: 'c1', at: '2026-04-10T10:00:00Z', number: '+12125550100', turns: ['I want the Pro plan.'] }),
    )
    const backfillId = await planOf(world, 'c1')
    await useCases.startBackfill({ id: backfillId, actor })
    await workOn(world, backfillId)
    await endLinger(world)

    account.configure({ dailyLimit: 0 })
    await inBackground(async () => crm.read(account.object, [id], [])).catch(() => undefined)
    const before = account.count('any').calls
    const why = 'the calls of main for today are used up'
    const report = await pushConnection(world, crm)
    // The portal is in New York, and its day begins a minute late for us.
    if (kind === 'hubspot') expect(report?.hold?.until.toISOString()).toMatch(/T0[45]:01:00.000Z$/)
    expect(report).toMatchObject({ records: 0, hold: { why } })
    expect(account.count('any').calls, 'nothing is asked in vain').toBe(before)
    const now = () => new Date()
    expect(await backfillStatus({ db, now, paces }, backfillId)).toMatchObject({
      settled: false,
      holds: [{ connection: 'main', contributions: 1, why }],
    })
    expect(await markedConnections(db, paces, now())).toEqual([])

    account.configure({ dailyLimit: 600_000 })
    const tomorrow = () => new Date(Date.now() + dayMs + 120_000)
    expect(await markedConnections(db, paces, tomorrow())).toEqual(['main'])
    await db
      .updateTable('call_days')
      .set({ ends_at: new Date(), began_at: new Date(Date.now() - dayMs), learn_at: new Date() })
      .execute()
    expect(await pushConnection(world, crm)).toMatchObject({ records: 1, written: 1, hold: null })
    expect(world.held(id).plan_wanted).toBe('Pro')
    expect(await useCases.backfillStatus(backfillId)).toMatchObject({ settled: true, holds: [] })

    // What was written is read back when its time has come, but for a day without calls.
    await db
      .updateTable('record_state')
      .set({ unread_at: new Date(Date.now() - 600_000) })
      .execute()
    expect(await unreadConnections({ db, now })).toEqual(['main'])
    await db.updateTable('call_days').set({ remaining: 0, ends_at: tomorrow(), learn_at: tomorrow() }).execute()
    expect(await unreadConnections({ db, now })).toEqual([])
  },
)
