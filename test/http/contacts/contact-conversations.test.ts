import { afterAll, describe, expect, test } from 'vitest'
import { call, chat } from '../../support/conversations.ts'
import { ask, plan } from '../../support/items.ts'
import { hubspotMapping, ownMapping, wants } from '../../support/own-contacts.ts'
import { addContact, textField } from '../../support/records.ts'
import { createWorld } from '../../support/world.ts'
import { openContacts } from './open-contacts.ts'

const world = await createWorld()
const { useCases, actor } = world
world.hubspot.defineProperties([textField('plan_wanted')])
await ask(world, plan)
await world.useMapping(ownMapping, hubspotMapping)
const { retell, refusal } = await openContacts(world, afterAll)
const { contact } = retell

const day = 86_400_000
const start = Date.parse('2025-03-01T10:00:00Z')

describe('what hangs on conversations', () => {
  const number = '+12125550110'
  const calls = Array.from({ length: 5 }, (_, at) =>
    call({ id: `talk_${at}`, at: new Date(start + at * day).toISOString(), number, turns: wants('Pro', 900) }),
  )
  const chats = Array.from({ length: 3 }, (_, at) =>
    chat({
      id: `chat_${at}`,
      at: new Date(start + at * day + 3_600_000).toISOString(),
      number,
      turns: wants('Pro', 900),
    }),
  )

  test('counts and times follow what comes, is deleted, comes back and is settled', async () => {
    await world.take(...calls, ...chats, call({ id: 'web', at: '2025-03-20T10:00:00Z', turns: ['Hi'] }))
    const { contact_id } = await contact.getByPhone(number)
    const told = async () => {
      const { conversation_count: count, last_conversation_timestamp: last } = await contact.get(contact_id)
      return [count, last]
    }
    const startOf = (at: number) => start + at * day - 60_000
    expect(await told()).toEqual([8, startOf(4)])
    const { runId } = await useCases.deleteConversation({ id: 'talk_4', actor, reason: 'test' })
    expect(await told()).toEqual([7, startOf(3)])
    await useCases.undoRun({ runId: runId ?? 0, actor, reason: 'test' })
    expect(await told()).toEqual([8, startOf(4)])
    const late = { ...calls[0], start_timestamp: startOf(9), end_timestamp: startOf(9) + 1 }
    await world.take(late)
    expect(await told()).toEqual([8, startOf(9)])
    await world.take(calls[0] ?? {})
    expect(await told()).toEqual([8, startOf(4)])
  })

  test('calls and chats are one list, newest first, page by page to its end', async () => {
    await world.rerun('talk_2')
    await useCases.correctField({
      conversationId: 'talk_3',
      item: 'call_summary',
      value: 'By hand',
      actor,
      reason: 'test',
    })
    const word = { conversationId: 'talk_2', item: 'call_successful', value: true, actor, reason: 'test' }
    await useCases.correctField(word)
    const { contact_id } = await contact.getByPhone(number)
    const all = await contact.listConversations(contact_id)
    expect(all.has_more).toBe(false)
    expect(all.items.map((item) => ('call_id' in item ? item.call_id : item.chat_id))).toEqual([
      'talk_4',
      'talk_3',
      'chat_2',
      'talk_2',
      'chat_1',
      'talk_1',
      'chat_0',
      'talk_0',
    ])
    expect(all.items[3]).toEqual({
      type: 'call',
      call_id: 'talk_2',
      start_timestamp: start + 2 * day - 60_000,
      duration_ms: 60_000,
      direction: 'inbound',
      summary: expect.any(String),
      sentiment: expect.any(String),
      successful: true,
    })
    expect(all.items[1]).toMatchObject({ summary: 'By hand' })
    const paged: unknown[] = []
    for (let pagination_key: string | undefined; ; ) {
      const page = await contact.listConversations(contact_id, { limit: 3, ...(pagination_key && { pagination_key }) })
      paged.push(...page.items)
      expect(page.has_more).toBe(page.pagination_key !== undefined)
      pagination_key = page.pagination_key
      if (!page.has_more) break
    }
    expect(paged).toEqual(all.items)
    expect(await refusal(contact.listConversations(contact_id, { pagination_key: 'x' }))).toMatchObject([
      400,
      expect.any(String),
    ])
    expect(await refusal(contact.listConversations(contact_id, { limit: 1_001 }))).toMatchObject([
      400,
      expect.any(String),
    ])
  })
})

describe('delete', () => {
  test('a contact goes, its conversations stay, and are its number’s again when it calls', async () => {
    const number = '+12125550120'
    await world.take(call({ id: 'before', at: '2025-04-01T10:00:00Z', number, turns: wants('Pro', 900) }))
    await world.rerun('before')
    const { contact_id } = await contact.getByPhone(number)
    await contact.delete(contact_id)
    expect(await refusal(contact.get(contact_id))).toMatchObject([404, expect.any(String)])
    expect(await refusal(contact.delete(contact_id))).toMatchObject([404, expect.any(String)])
    expect((await useCases.getRetellObject('before')).call_id).toBe('before')
    await world.take(call({ id: 'after', at: '2025-04-02T10:00:00Z', number, turns: wants('Team', 100) }))
    const again = await contact.getByPhone(number)
    expect(again).toMatchObject({ conversation_count: 2, custom_fields: {} })
    expect(again.contact_id).not.toBe(contact_id)
    await world.rerun('after')
    expect(await contact.getByPhone(number)).toMatchObject({ custom_fields: { plan_wanted: 'Team' } })
  })

  test('not while its record is synced both ways', async () => {
    const number = '+12125550121'
    const id = await addContact(world, { properties: { phone: number }, at: '2025-01-01T00:00:00Z' })
    const { contact_id, external_id } = await contact.getByPhone(number)
    expect(external_id).toBe(id)
    expect(await refusal(contact.delete(contact_id))).toEqual([400, expect.stringContaining('synced both ways')])
    await world.useMapping(ownMapping, hubspotMapping.replace('fields:', 'write: false\nfields:'))
    await contact.delete(contact_id)
    await world.useMapping(ownMapping, hubspotMapping)
    await world.importCrm()
    expect(await contact.getByPhone(number)).toMatchObject({ external_id: id })
  })
})
