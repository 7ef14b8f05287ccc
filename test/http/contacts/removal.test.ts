import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runRetention } from '../../../src/sync/index.ts'
import { call, chat } from '../../support/conversations.ts'
import { plan } from '../../support/items.ts'
import { budget, hubspotMapping, ownMapping, wants } from '../../support/own-contacts.ts'
import { markAll } from '../../support/pushes.ts'
import { addContact, rowsWritten, textField } from '../../support/records.ts'
import { createWorld } from '../../support/world.ts'
import { openContacts } from './open-contacts.ts'

const world = await createWorld()
const { db, crms, actor, useCases } = world
world.hubspot.defineProperties([textField('plan_wanted')])
await world.useMapping(hubspotMapping, ownMapping)
const { retell, refusal, call: request } = await openContacts(world, afterAll)
const { contact } = retell

const json = async (method: string, path: string, body?: unknown) => {
  const answer = await request(method, path, body)
  return { status: answer.status, ...((await answer.json()) as Record<string, unknown>) }
}
const take = (...objects: object[]) => json('POST', '/v1/conversations', objects)
const settle = (retentionDays: number | null = null) =>
  runRetention({ db, crms, now: () => new Date(), retentionDays }, { actor, reason: 'test' })

beforeAll(async () => {
  const items = { post_call_analysis_data: [plan, budget], post_chat_analysis_data: [plan] }
  const agents = ['agent_1', 'agent_basic', 'agent_pii', 'agent_kept'].map((agent_id) => ({
    agent_id,
    version: 0,
    ...items,
  }))
  await json('POST', '/v1/agents/import', { agents, chat_agents: [{ agent_id: 'chat_agent_1', version: 0, ...items }] })
})

/** How many tables hold a text somewhere. */
async function tablesWith(text: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`.execute(
    db,
  )
  const found = rows.map(async ({ name }) => {
    const { rows: held } =
      await sql`select from ${sql.table(name)} as row where strpos(row::text, ${text}) > 0 limit 1`.execute(db)
    return held.length > 0 ? [name] : []
  })
  return (await Promise.all(found)).flat()
}

describe('what is kept is as the agent says', () => {
  test.each([
    [{ data_storage_setting: 'nothing' }, 'data_storage_setting must be'],
    [{ data_storage_retention_days: 0 }, 'data_storage_retention_days must be'],
    [{ data_storage_retention_days: 731 }, 'data_storage_retention_days must be'],
  ])('%j is refused', async (body, message) => {
    const refused = await json('PATCH', '/update-agent/agent_basic', body)
    expect(refused).toEqual({ status: 'error', message: expect.stringContaining(message) })
  })

  const recorded = (id: string, agent_id: string, more: object = {}) => ({
    ...call({
      id,
      at: '2026-03-01T10:00:00Z',
      number: '+12125550100',
      turns: ['My secret is Rosebud.', 'Rosebud, I see.'],
    }),
    agent_id,
    recording_url: 'https://example.com/Rosebud.wav',
    knowledge_base_retrieved_contents_url: 'https://example.com/Rosebud.json',
    call_analysis: { call_summary: 'Told a secret.', custom_analysis_data: { plan: 'Pro' } },
    ...more,
  })

  test('basic_attributes_only keeps no transcript, and what the vendor found', async () => {
    await json('PATCH', '/update-agent/agent_basic', { data_storage_setting: 'basic_attributes_only' })
    expect(await take(recorded('basic', 'agent_basic'))).toMatchObject({ stored: 1 })
    expect(await tablesWith('Rosebud')).toEqual([])
    const kept = await json('GET', '/v2/get-call/basic')
    expect(kept).toMatchObject({ from_number: '+12125550100', call_analysis: { call_summary: 'Told a secret.' } })
    for (const name of ['transcript', 'transcript_object', 'transcript_with_tool_calls', 'recording_url'])
      expect(kept).not.toHaveProperty(name)
    expect(await take(recorded('basic', 'agent_basic'))).toMatchObject({ unchanged: 1 })
    expect((await request('PUT', '/rerun-call-analysis/basic')).status).toBe(422)
    // Words that come later go the same way.
    const later = {
      ...recorded('basic', 'agent_basic'),
      transcript: 'User: Rosebud\n',
      public_log_url: 'https://example.com/Rosebud',
    }
    expect(await take(later)).toMatchObject({ changed: 1 })
    expect(await tablesWith('Rosebud')).toEqual([])
  })

  test('a draft says it only while nothing is published, and the version that took a call before all', async () => {
    await json('POST', '/publish-agent/agent_basic')
    await json('PATCH', '/update-agent/agent_basic', { data_storage_setting: 'everything' })
    await take(recorded('by_published', 'agent_basic'), recorded('by_version', 'agent_basic', { agent_version: 1 }))
    expect(await json('GET', '/v2/get-call/by_published')).not.toHaveProperty('transcript')
    expect(await json('GET', '/v2/get-call/by_version')).toHaveProperty('transcript')
  })

  test('what the vendor noted for a call wins; of PII only what is scrubbed stays', async () => {
    await take(recorded('noted', 'agent_1', { data_storage_setting: 'basic_attributes_only' }))
    expect(await json('GET', '/v2/get-call/noted')).not.toHaveProperty('transcript')
    await json('PATCH', '/update-agent/agent_pii', { data_storage_setting: 'everything_except_pii' })
    const scrubbed_transcript_with_tool_calls = [{ role: 'user', content: 'My secret is [redacted].' }]
    const more = { scrubbed_transcript_with_tool_calls, scrubbed_recording_url: 'https://example.com/clean.wav' }
    await take(recorded('scrubbed', 'agent_pii', more))
    const kept = await json('GET', '/v2/get-call/scrubbed')
    expect(kept).toMatchObject({
      transcript: 'User: My secret is [redacted].\n',
      scrubbed_recording_url: 'https://example.com/clean.wav',
    })
    expect(JSON.stringify(kept)).not.toContain('Rosebud')
  })

  test('days of an agent win over those of the installation, longer or shorter; without any it is off', async () => {
    await expect(settle()).rejects.toMatchObject({ code: 'retention.off', status: 409 })
    const old = (id: string, agent_id: string, days: number) => ({
      ...call({ id, at: new Date(Date.now() - days * 86_400_000).toISOString(), turns: ['Hi'] }),
      agent_id,
    })
    await json('PATCH', '/update-agent/agent_1', { data_storage_retention_days: 30 })
    await json('PATCH', '/update-agent/agent_kept', { data_storage_retention_days: 600 })
    await db.deleteFrom('conversations').execute()
    await take(
      old('short_40', 'agent_1', 40),
      old('short_20', 'agent_1', 20),
      old('long_500', 'agent_kept', 500),
      old('long_700', 'agent_kept', 700),
      old('none_900', 'agent_pii', 900),
    )
    const left = async () =>
      (await db.selectFrom('conversations').select('id').orderBy('id').execute()).map(({ id }) => id)
    expect(await useCases.planRetention()).toMatchObject({ before: null, agents: 2, settled: 2 })
    expect(await settle()).toMatchObject({ settled: 2, left: 0, agents: 2, before: null })
    expect(await left()).toEqual(['long_500', 'none_900', 'short_20'])
    expect(await settle(10)).toMatchObject({ settled: 1, before: expect.any(Date) })
    expect(await left()).toEqual(['long_500', 'short_20'])
  })
})

// ENGINE.md section 6, scenario 6, by HTTP; by use cases, on both CRMs and with many more cases, it is in test/scenarios/removal.
describe('a caller of three calls', () => {
  let people = 0
  async function caller() {
    people += 1
    const number = `+1212555020${people}`
    const id = await addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' })
    const calls = ['Basic', 'Pro', 'Team'].map((name, at) =>
      call({ id: `${name}${people}`, at: `2025-0${at + 4}-10T10:00:00Z`, number, turns: wants(name, 100 * (at + 1)) }),
    )
    await take(...calls)
    for (const { call_id } of calls as { call_id: string }[]) await json('PUT', `/rerun-call-analysis/${call_id}`)
    await json('POST', '/v1/push', {})
    const held = async () => [world.held(id).plan_wanted, (await contact.getByPhone(number)).custom_fields]
    return { number, calls, held }
  }
  const pushed = async () => {
    const before = rowsWritten(world)
    await markAll(world)
    await world.push()
    return rowsWritten(world) - before
  }

  test('retention of all changes no field, also after the next call', async () => {
    const { number, calls, held } = await caller()
    const before = await held()
    expect(before).toEqual([
      'Team',
      expect.objectContaining({
        plan_wanted: 'Team',
        highest_budget: 300,
        plans: ['Basic', 'Pro', 'Team'],
        times_asked: 3,
      }),
    ])
    expect(await settle(30)).toMatchObject({ settled: 3 })
    expect(await pushed()).toBe(0)
    expect(await held()).toEqual(before)
    expect(await contact.getByPhone(number)).toMatchObject({ conversation_count: 0 })
    expect(await take(calls[0] ?? {})).toMatchObject({ dropped: 1, stored: 0 })
    await take(call({ id: 'next', at: new Date().toISOString(), number, turns: wants('Pro', 50) }))
    await json('PUT', '/rerun-call-analysis/next')
    await world.push()
    expect(await held()).toEqual([
      'Pro',
      expect.objectContaining({ plan_wanted: 'Pro', highest_budget: 300, times_asked: 4 }),
    ])
  })

  test('deleting one takes exactly its share', async () => {
    const { number, held } = await caller()
    expect(await json('DELETE', `/v1/conversations/Team${people}`)).toMatchObject({ status: 200 })
    await world.push()
    expect(await held()).toEqual([
      'Pro',
      expect.objectContaining({ plan_wanted: 'Pro', highest_budget: 200, plans: ['Basic', 'Pro'], times_asked: 2 }),
    ])
    expect(await contact.getByPhone(number)).toMatchObject({ conversation_count: 2 })
  })

  test('erased, then the same sent again: nothing is stored', async () => {
    const { number, calls } = await caller()
    const { contact_id } = await contact.getByPhone(number)
    await contact.update(contact_id, { contact_memory: `calls from ${number}`, tags: [number] } as never)
    expect(await json('DELETE', `/v1/contacts/${contact_id}`)).toMatchObject({ conversations: 3, records: 1 })
    // The list of tags is the operators' own.
    expect(await tablesWith(number)).toEqual(['contact_tags'])
    expect(
      await take(...calls, chat({ id: `sms${people}`, at: '2026-01-01T10:00:00Z', number, turns: ['Hi'] })),
    ).toMatchObject({ dropped: 4, stored: 0 })
    await world.importCrm()
    expect(await refusal(contact.getByPhone(number))).toMatchObject([404, expect.any(String)])
    expect(await refusal(contact.create({ phone_number: number }))).toMatchObject([
      400,
      expect.stringContaining('erased'),
    ])
    expect(await refusal(contact.listConversations(contact_id))).toMatchObject([404, expect.any(String)])
    expect(await tablesWith(number)).toEqual(['contact_tags'])
  })
})
