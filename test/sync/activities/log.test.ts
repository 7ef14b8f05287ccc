import { describe, expect, test } from 'vitest'
import { kinds } from '../../support/accounts/account.ts'
import { activityCalls, defineKey, keyField, logged, loggedOf, useActivities } from '../../support/activities.ts'
import { backfill } from '../../support/backfills.ts'
import { call, chat } from '../../support/conversations.ts'
import { ask, goal, plan } from '../../support/items.ts'
import { markAll } from '../../support/pushes.ts'
import { addContact, rowsWritten, textField } from '../../support/records.ts'
import { createWorldOn } from '../../support/world.ts'

const at = '2026-04-10T10:00:00Z'

describe.each(
  kinds.flatMap((kind) => [
    { kind, hasKey: true },
    { kind, hasKey: false },
  ]),
)('$kind, key: $hasKey', async ({ kind, hasKey }) => {
  const world = await createWorldOn([kind])
  world.account.defineProperties([textField('plan_wanted')])
  if (hasKey) defineKey(world)
  await useActivities(world, [{ from: 'plan', to: 'plan_wanted' }])
  await ask(world, plan)

  test('a call is logged with what is known of it, on the contact it is linked to', async () => {
    const number = '+12125550101'
    const contact = await addContact(world, { properties: { phone: number } })
    await world.take(
      call({ id: 'call_1', at, number, turns: ['I want the Pro plan.', 'It is <b>yours</b> & booked.'] }),
    )
    await world.rerun('call_1')
    const [activity, ...others] = loggedOf(world, 'call_1')
    expect(others).toEqual([])
    expect(activity).toMatchObject({ kind: 'call', contacts: [contact], title: 'Inbound call', seconds: 60 })
    expect(activity?.direction.toLowerCase()).toBe('inbound')
    expect(activity?.status.toLowerCase()).toBe('completed')
    expect(activity?.body).toContain('/v1/conversations/call_1')
    expect(activity?.body).toContain('Pro plan')
    expect(activity?.values[keyField[kind]] ?? null).toBe(hasKey ? 'call_1' : null)
    expect(activity?.values).toMatchObject(
      kind === 'hubspot'
        ? { hs_call_from_number: number, hs_call_to_number: '+12125550199', hs_timestamp: '2026-04-10T09:59:00.000Z' }
        : { ActivityDate: '2026-04-10', CallObject: 'afterword:call_1' },
    )
    // HTML there, plain text here.
    const said = kind === 'hubspot' ? '&lt;b&gt;yours&lt;/b&gt; &amp; booked' : '<b>yours</b> & booked'
    expect(activity?.body).toContain(said)
    expect(world.held(contact).plan_wanted).toBe('Pro')
  })

  test('a chat as one, and both of one contact as two', async () => {
    const number = '+12125550102'
    const contact = await addContact(world, { properties: { phone: number } })
    await world.take(
      call({ id: 'call_2', at, number, turns: ['I want the Pro plan.'] }),
      chat({ id: 'chat_2', at: '2026-04-11T10:00:00Z', number, turns: ['I want the Team plan.'] }),
    )
    await world.rerun('call_2')
    await world.rerun('chat_2')
    const [aCall, aChat] = [loggedOf(world, 'call_2'), loggedOf(world, 'chat_2')]
    expect([aCall.length, aChat.length]).toEqual([1, 1])
    expect([aCall[0]?.kind, aChat[0]?.kind]).toEqual(['call', 'chat'])
    expect(aChat[0]?.contacts).toEqual([contact])
    if (kind === 'hubspot')
      expect(aChat[0]?.values).toMatchObject({
        hs_communication_channel_type: 'SMS',
        hs_communication_logged_from: 'CRM',
      })
  })

  test('a rerun that changes nothing writes nothing; one that changes the summary changes that text alone', async () => {
    const number = '+12125550103'
    await addContact(world, { properties: { phone: number } })
    await world.take(call({ id: 'call_3', at, number, turns: ['I want the Pro plan for my office in town.', 'Fine.'] }))
    await world.rerun('call_3')
    const [first] = loggedOf(world, 'call_3')
    const before = [activityCalls(world), rowsWritten(world)]
    // Another item: another analysis, and the same summary.
    await ask(world, plan, goal(3))
    await world.rerun('call_3')
    await markAll(world)
    await world.push()
    expect([activityCalls(world), rowsWritten(world)]).toEqual(before)
    const body = { analysis_summary_prompt: 'Summarise the call in 4 words.' }
    await world.useCases.saveDraft({ agentId: 'agent_1', kind: 'call', body, actor: world.actor })
    await world.rerun('call_3')
    const [second, ...others] = loggedOf(world, 'call_3')
    expect(others).toEqual([])
    expect(second).toMatchObject({ id: first?.id, contacts: first?.contacts })
    expect(second?.body).not.toBe(first?.body)
  })

  test('a backfill tells how many it has created and changed, and costs few calls', async () => {
    const ids = Array.from({ length: 30 }, (_, place) => `call_many_${place}`)
    const numbers = ids.map((_, place) => `+121255502${String(place).padStart(2, '0')}`)
    world.account.createContacts(numbers.map((phone) => ({ properties: { phone } })))
    await world.importCrm()
    await world.take(
      ...ids.map((id, place) => call({ id, at, number: numbers[place] ?? '', turns: ['I want the Pro plan.'] })),
    )
    const before = [activityCalls(world), world.account.count('any').calls]
    const { pushes } = await backfill(world, ...ids)
    expect(pushes.activities).toEqual({ created: 30, updated: 0, removed: 0, refused: 0 })
    expect(pushes.connections.main?.activities).toEqual({ created: 30, updated: 0, removed: 0, refused: 0 })
    expect(activityCalls(world) - (before[0] ?? 0)).toBe(1)
    expect(ids.flatMap((id) => loggedOf(world, id))).toHaveLength(30)
    const again = await backfill(world, ...ids)
    expect(again.pushes.activities).toEqual({ created: 0, updated: 0, removed: 0, refused: 0 })
  })

  test('of a kind that the mapping does not log, and of a mapping that must not write, nothing', async () => {
    const number = '+12125550104'
    await addContact(world, { properties: { phone: number } })
    await world.take(
      call({ id: 'call_4', at, number, turns: ['I want the Pro plan.'] }),
      chat({ id: 'chat_4', at, number, turns: ['I want the Pro plan.'] }),
    )
    const before = logged(world).length
    await useActivities(world, [{ from: 'plan', to: 'plan_wanted' }], { write: false })
    await world.rerun('call_4')
    expect(logged(world)).toHaveLength(before)
    await useActivities(world, [{ from: 'plan', to: 'plan_wanted' }], { activity: { calls: true, chats: false } })
    await world.rerun('chat_4')
    expect(loggedOf(world, 'chat_4')).toEqual([])
    // What was held back is done now, in the same look at the record.
    expect(loggedOf(world, 'call_4')).toHaveLength(1)
  })
})
