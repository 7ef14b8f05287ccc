import { describe, expect, test } from 'vitest'
import type { ConnectionPace } from '../../../src/config.ts'
import type { Activities } from '../../../src/crm/index.ts'
import { pushConnection } from '../../../src/sync/index.ts'
import { kinds } from '../../support/accounts/account.ts'
import { activityCalls, defineKey, logged, loggedOf, useActivities } from '../../support/activities.ts'
import { apply, planMappingOnly, planOf, workOn } from '../../support/backfills.ts'
import { call } from '../../support/conversations.ts'
import { ask, plan } from '../../support/items.ts'
import { useRules } from '../../support/mappings.ts'
import { endLinger } from '../../support/open-world.ts'
import { textField } from '../../support/records.ts'
import { createWorldOn } from '../../support/world.ts'

const rule = { from: 'plan', to: 'plan_wanted' }

describe.each(kinds)('what is told of activities on %s', async (kind) => {
  const world = await createWorldOn([kind])
  world.account.defineProperties([textField('plan_wanted')])
  defineKey(world)
  await ask(world, plan)
  const { useCases, actor } = world
  const ids = ['call_1', 'call_2', 'call_3']
  const numbers = ids.map((_, place) => `+1212555010${place}`)
  const contacts = world.account.createContacts(numbers.map((phone) => ({ properties: { phone } })))
  await useRules(world, rule)
  await world.importCrm()
  await world.take(
    ...ids.map((id, place) =>
      call({ id, at: '2026-04-10T10:00:00Z', number: numbers[place] ?? '', turns: ['I want the Pro plan.'] }),
    ),
  )
  for (const id of ids) await world.rerun(id)

  test('switching them on writes nothing: a plan says what would be, exactly, and its backfill does that', async () => {
    expect(logged(world)).toEqual([])
    await useActivities(world, [rule])
    await world.push()
    const before = activityCalls(world)
    const { plan: planned, backfill } = await planMappingOnly(world, [], ids.slice(0, 2))
    expect(planned.totals.activities).toEqual({ main: { created: 2, updated: 0, removed: 0, refused: 0 } })
    expect(activityCalls(world)).toBe(before)
    const { status } = await apply(world, backfill.id)
    expect(status.pushes.activities).toEqual({ created: 2, updated: 0, removed: 0, refused: 0 })
    expect(ids.map((id) => loggedOf(world, id).length)).toEqual([1, 1, 0])
    const again = await planMappingOnly(world, [], ids)
    expect(again.plan.totals.activities).toEqual({ main: { created: 1, updated: 0, removed: 0, refused: 0 } })
  })

  test('a backfill of one field logs nothing new', async () => {
    const { plan: planned, backfill } = await planMappingOnly(world, ['plan_wanted'], ['call_3'])
    expect(planned.totals.activities).toBeUndefined()
    await apply(world, backfill.id)
    expect(loggedOf(world, 'call_3')).toEqual([])
  })

  test('records that want nothing but their log count towards the pace, and wait in quiet hours', async () => {
    const more = Array.from({ length: 9 }, (_, place) => `call_paced_${place}`)
    const phones = more.map((_, place) => `+1212555020${place}`)
    world.account.createContacts(phones.map((phone) => ({ properties: { phone } })))
    await world.importCrm()
    await useActivities(world)
    await world.take(
      ...more.map((id, place) =>
        call({ id, at: '2026-04-10T10:00:00Z', number: phones[place] ?? '', turns: ['Good morning.', 'Hello.'] }),
      ),
    )
    const id = await planOf(world, ...more)
    await useCases.startBackfill({ id, actor })
    await workOn(world, id)
    const { db, log, model, next, crm } = world
    const push = async (pace: Partial<ConnectionPace>) => {
      await endLinger(world)
      const paces = new Map([[crm.connection, { recordsPerMinute: null, quietHours: null, ...pace }]])
      await pushConnection({ db, log, model, next, now: () => new Date('2026-11-26T23:00:00Z'), paces }, crm)
      return more.filter((each) => loggedOf(world, each).length === 1).length
    }
    const night = [{ days: [1, 2, 3, 4, 5, 6, 7], from: 1_320, to: 360 }]
    expect(await push({ quietHours: { zone: 'UTC', windows: night } })).toBe(0)
    expect(await push({ recordsPerMinute: 60 })).toBe(6)
    expect(await push({})).toBe(9)
  })

  test('what the CRM refuses is told by the status of its backfill, by a plan, and by crm doctor with the reason', async () => {
    const id = 'call_refused'
    world.account.createContacts([{ properties: { phone: '+12125550300' } }])
    await world.importCrm()
    await world.take(call({ id, at: '2026-04-10T10:00:00Z', number: '+12125550300', turns: ['I want the Pro plan.'] }))
    const backfillId = await planOf(world, id)
    await useCases.startBackfill({ id: backfillId, actor })
    await workOn(world, backfillId)
    const { db, log, model, next, crm } = world
    const write: Activities['write'] = async (rows) =>
      rows.map(({ draft: { key } }) => ({ key, outcome: 'rejected', activityId: null, reason: 'BAD: 12', code: 'BAD' }))
    const refusing = { ...crm, ...(crm.activities && { activities: { ...crm.activities, write } }) }
    await endLinger(world)
    await pushConnection({ db, log, model, next, now: () => new Date() }, refusing)
    const refused = { created: 0, updated: 0, removed: 0, refused: 1 }
    expect((await useCases.backfillStatus(backfillId)).pushes.activities).toEqual(refused)
    expect((await planMappingOnly(world, [], [id])).plan.totals.activities).toEqual({ main: refused })
    const findings = (await useCases.inspectConnections('main')).main
    expect(findings).toContainEqual(
      expect.objectContaining({ about: 'calls refused', found: expect.stringMatching(/1 .*BAD.* call_refused/) }),
    )
    expect(JSON.stringify(findings)).not.toContain('BAD: 12')
  })

  test('a preview says what keeping it would do', async () => {
    const preview = async (conversationId: string) =>
      (await useCases.previewRerun({ conversationId, actor, reason: 'test' })).activities
    const body = { analysis_summary_prompt: 'Summarise the call in 4 words.' }
    await useCases.saveDraft({ agentId: 'agent_1', kind: 'call', body, actor })
    expect(await preview('call_1')).toEqual([{ connection: 'main', externalId: contacts[0], action: 'update' }])
    expect(await preview('call_3')).toEqual([{ connection: 'main', externalId: contacts[2], action: 'create' }])
    expect(loggedOf(world, 'call_3')).toEqual([])
    await useActivities(world, [rule], { write: false })
    expect(await preview('call_1')).toEqual([])
  })
})
