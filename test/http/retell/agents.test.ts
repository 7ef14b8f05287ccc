import type { AgentResponse } from 'retell-sdk/resources/agent'
import { afterAll, expect, test } from 'vitest'
import { openRetell } from './open-retell.ts'

const { client, call, db, world } = await openRetell(afterAll)

const engine = { type: 'retell-llm', llm_id: 'llm_1', version: 3 } as const
const note = { type: 'string', name: 'note', description: 'A note.' } as const
/** Fields that no version of the SDK knows, and values that a careless copy would lose. */
const unknown = { x_new: { deep: [0, false, '', null] }, '': 1, pii_config: { mode: 'post_call', categories: [] } }

const create = (fields: object = {}) =>
  client.agent.create({ response_engine: engine, voice_id: 'voice_1', agent_name: 'Front', ...fields })
const audits = (id: string) =>
  db
    .selectFrom('audit_entries')
    .select(['action', 'actor', 'before'])
    .where('subject_id', '=', id)
    .orderBy('id')
    .execute()

test('an agent is created, read, edited, and comes back as it was given', async () => {
  const { data, response } = await create({ ...unknown, post_call_analysis_data: [note] }).withResponse()
  expect(response.status).toBe(201)
  expect(data).toMatchObject({
    ...unknown,
    agent_id: expect.stringMatching(/^agent_[0-9a-f]{26}$/),
    agent_name: 'Front',
    version: 0,
    is_published: false,
    response_engine: engine,
    voice_id: 'voice_1',
    post_call_analysis_data: expect.arrayContaining([note]),
    last_modification_timestamp: expect.any(Number),
  })
  expect(await client.agent.retrieve(data.agent_id)).toEqual(data)
  const edited = await client.agent.update(data.agent_id, { agent_name: null, webhook_url: 'https://example.com/a' })
  const { agent_name: _, last_modification_timestamp: _at, ...rest } = data
  expect(edited).toMatchObject({ ...rest, webhook_url: 'https://example.com/a' })
  expect(edited.agent_name).toBeUndefined()
})

test('what is missing, of the other kind or unknown is told in their words', async () => {
  const agent = await create()
  const bare = client.agent.create({} as never)
  await expect(bare).rejects.toMatchObject({
    status: 400,
    error: { status: 'error', message: expect.stringMatching(/response_engine.*voice_id/s) },
  })
  const chat = await client.chatAgent.create({ response_engine: engine, agent_name: 'Chat' })
  for (const wrong of [
    () => client.agent.retrieve(chat.agent_id),
    () => client.chatAgent.update(agent.agent_id, { agent_name: 'x' }),
    () => client.chatAgent.delete(agent.agent_id),
    () => client.agent.update('agent_nobody', { agent_name: 'x' }),
    () => client.agent.retrieve(agent.agent_id, { version: 'prod' }),
    () => client.agent.listVersions('agent_nobody'),
    () => client.agent.deleteVersion(agent.agent_id, { version: 7 }),
  ])
    await expect(wrong()).rejects.toMatchObject({ status: 404, error: { status: 'error' } })
  expect(await client.chatAgent.retrieve(chat.agent_id)).toEqual(chat)
  await expect(client.agent.list({ pagination_key: 'oops' })).rejects.toMatchObject({ status: 400 })
  await expect(client.agent.list({ limit: 1_001 })).rejects.toMatchObject({ status: 400 })
})

test('twenty edits at once all count', async () => {
  const { agent_id } = await create()
  const fields = Array.from({ length: 20 }, (_, place) => `x_${place}`)
  await Promise.all(fields.map((field) => client.agent.update(agent_id, { [field]: field } as object)))
  expect(await client.agent.retrieve(agent_id)).toMatchObject(Object.fromEntries(fields.map((field) => [field, field])))
  expect((await client.agent.getVersions(agent_id)).map(({ version }) => version)).toEqual([0])
})

test('versions by number, latest and tag; a published one is frozen and gives its words to no draft', async () => {
  const { agent_id } = await create({ assigned_tags: ['prod'] })
  await client.agent.publish(agent_id, { version: 0, version_title: 'First', version_description: 'with care' })
  const draft = await client.agent.createVersion(agent_id, { base_version: 0 })
  expect(draft).toMatchObject({ version: 1, base_version: 0, is_published: false })
  expect(draft).not.toHaveProperty('version_title')
  expect(draft).not.toHaveProperty('assigned_tags')
  await client.agent.update(agent_id, { voice_id: 'voice_2', version: 1 })
  expect(await client.agent.retrieve(agent_id, { version: 'prod' })).toMatchObject({ version: 0, voice_id: 'voice_1' })
  expect(await client.agent.retrieve(agent_id, { version: 'latest' })).toMatchObject({
    version: 1,
    voice_id: 'voice_2',
  })
  expect(await client.agent.retrieve(agent_id, { version: '0' })).toMatchObject({ version_title: 'First' })
  for (const frozen of [
    () => client.agent.update(agent_id, { voice_id: 'x', version: 'prod' }),
    () => client.agent.publish(agent_id, { version: 0 }),
    () => client.agent.deleteVersion(agent_id, { version: 0 }),
  ])
    await expect(frozen()).rejects.toMatchObject({ status: 409, error: { message: expect.stringContaining('frozen') } })

  await client.agent.createVersion(agent_id, { base_version: 1 })
  const first = await client.agent.listVersions(agent_id, { limit: 2 })
  expect(first).toMatchObject({ has_more: true, items: [{ version: 2, base_version: 1 }, { version: 1 }] })
  const last = await client.agent.listVersions(agent_id, { limit: 2, pagination_key: first.pagination_key ?? '' })
  expect(last).toEqual({
    has_more: false,
    items: [
      {
        version: 0,
        is_published: true,
        version_title: 'First',
        version_description: 'with care',
        last_modification_timestamp: expect.any(Number),
      },
    ],
  })

  await client.agent.deleteVersion(agent_id, { version: 2 })
  await client.agent.deleteVersion(agent_id, { version: 1 })
  // Analyses say which version they were made with, so a number is given once.
  expect(await client.agent.update(agent_id, { voice_id: 'voice_3' })).toMatchObject({ version: 3, base_version: 0 })
  expect((await audits(agent_id)).map(({ action }) => action).slice(-3)).toEqual([
    'agent.version_deleted',
    'agent.version_deleted',
    'agent.version_added',
  ])
})

test('the only version goes with its agent alone', async () => {
  const { agent_id } = await create()
  const only = client.agent.deleteVersion(agent_id, { version: 0 })
  await expect(only).rejects.toMatchObject({
    status: 409,
    error: { message: expect.stringContaining('delete the agent') },
  })
})

test('agents are listed by page to the end, each once, and by channel, name and tag', async () => {
  const wanted = await Promise.all(
    [1, 2, 3, 4, 5].map((n) => create({ agent_name: `Listed ${n}`, assigned_tags: ['eu'] })),
  )
  const chat = await client.chatAgent.create({ response_engine: engine, agent_name: 'Listed by chat' })
  const found: string[] = []
  let key: string | undefined
  do {
    const page = await client.agent.list({
      limit: 2,
      filter_criteria: { query: 'lISTED' },
      ...(key !== undefined && { pagination_key: key }),
    })
    expect(page.items.length).toBeLessThanOrEqual(2)
    found.push(...page.items.map((item) => item.agent_id))
    key = page.pagination_key
    expect(page.has_more).toBe(key !== undefined)
  } while (key !== undefined)
  expect(found.toSorted()).toEqual([...wanted, chat].map((agent) => agent.agent_id).toSorted())
  const upwards = await client.agent.list({ filter_criteria: { query: 'listed' }, sort_order: 'ascending' })
  expect(upwards.items.map((item) => item.agent_id)).toEqual(found.toReversed())
  const ofChats = await client.chatAgent.list({
    filter_criteria: { query: 'Listed', channel: { type: 'string', op: 'eq', value: 'chat' } },
  })
  expect(ofChats.items).toEqual([
    {
      agent_id: chat.agent_id,
      agent_name: 'Listed by chat',
      channel: 'chat',
      tags: {},
      user_modified_timestamp: expect.any(Number),
    },
  ])
  const byId = await client.agent.list({ filter_criteria: { query: wanted[0]?.agent_id.slice(8) ?? '' } })
  expect(byId.items).toMatchObject([{ channel: 'voice', tags: { eu: { version: 0 } } }])
})

test('a deleted agent is gone, its conversations keep their analyses, and a new one of it brings it back', async () => {
  const { agent_id } = await create({ post_call_analysis_data: [note] })
  const spoken = [
    { role: 'agent', content: 'Hello!' },
    { role: 'user', content: 'My note is blue.' },
  ]
  const said = (call_id: string) => ({
    call_id,
    agent_id,
    agent_version: 0,
    call_status: 'ended',
    transcript_object: spoken,
  })
  await world.take(said('call_kept'))
  const analysed = await client.call.rerunAnalysis('call_kept')
  await client.agent.delete(agent_id)
  await expect(client.agent.retrieve(agent_id)).rejects.toMatchObject({ status: 404 })
  await expect(client.agent.delete(agent_id)).rejects.toMatchObject({ status: 404 })
  expect((await client.agent.list({ filter_criteria: { query: agent_id } })).items).toEqual([])
  expect(await client.call.retrieve('call_kept')).toEqual(analysed)
  await expect(client.call.rerunAnalysis('call_kept')).rejects.toMatchObject({ status: 404 })
  expect((await audits(agent_id)).at(-1)).toMatchObject({
    action: 'agent.deleted',
    actor: 'key:tester',
    before: { name: 'Front', versions: [{ version: 0, published: false }] },
  })

  await world.take(said('call_later'))
  const back: AgentResponse = await client.agent.retrieve(agent_id)
  expect(back).toMatchObject({ version: 1, is_published: false })
  expect(back.post_call_analysis_data).not.toContainEqual(note)
})

test('an agent that something needs stays', async () => {
  const { agent_id } = await create()
  await world.useMapping(`
version: 1
crm: local
connection: local
object: contacts
agents: [${agent_id}]
fields: [{ from: note, to: note }]
`)
  const refused = { status: 409, error: { message: expect.stringContaining('contacts.yaml names it under "agents"') } }
  await expect(client.agent.delete(agent_id)).rejects.toMatchObject(refused)
  expect(await client.agent.retrieve(agent_id)).toMatchObject({ agent_id })
  await world.useMapping()

  await world.take({
    call_id: 'call_planned',
    agent_id,
    call_status: 'ended',
    transcript_object: [{ role: 'user', content: 'Hello there.' }],
  })
  const filter = { agent: [agent_id] }
  await client.agent.createVersion(agent_id, { base_version: 0 })
  const other: { id: number } = JSON.parse(await (await call('POST', '/v1/backfills', { reason: 'y', filter })).text())
  expect((await call('POST', `/v1/backfills/${other.id}/start`, {})).status).toBe(200)
  const running = { status: 409, error: { message: expect.stringContaining(`backfill ${other.id}`) } }
  await expect(client.agent.delete(agent_id)).rejects.toMatchObject(running)
  await expect(client.agent.deleteVersion(agent_id, { version: 1 })).rejects.toMatchObject(running)
  await client.agent.deleteVersion(agent_id, { version: 0 })
  expect((await call('POST', `/v1/backfills/${other.id}/cancel`)).status).toBe(200)
  await client.agent.delete(agent_id)
})

test('a key tells its name', async () => {
  expect(await client.identity.retrieve()).toEqual({ api_key_name: 'tester', org_name: 'Afterword' })
})
