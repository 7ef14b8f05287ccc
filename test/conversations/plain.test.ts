import { expect, test } from 'vitest'
import { openAppOn } from '../http/open-app.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld({ AFTERWORD_LOG_LEVEL: 'error' })
const { useCases, db } = world
const { call } = await openAppOn(world)

const plain = (change: object = {}) => ({
  id: 'other_1',
  kind: 'call',
  agent: 'agent_1',
  agent_name: 'Desk',
  started_at: '2026-03-05T12:00:00+02:00',
  ended_at: Date.parse('2026-03-05T10:03:00Z'),
  direction: 'inbound',
  from_number: '(212) 555-0156',
  to_number: '+13035550102',
  turns: [
    { role: 'user', text: 'Hi, it\'s "Zoë" \\ 👋\nsecond line', at: '2026-03-05T10:00:05Z' },
    { role: 'agent', text: 'Agent: hello.' },
    { role: 'human', text: 'Sales here.', at: '2026-03-05T10:01:00Z' },
    { role: 'user', text: 'I want the Pro plan.', at: Date.parse('2026-03-05T10:02:00Z') },
  ],
  metadata: { zero: 0, none: null },
  ...change,
})

const post = (query: string, ...objects: object[]) =>
  call('POST', `/v1/conversations${query}`, objects.map((object) => JSON.stringify(object)).join('\n'))

test('a conversation of any platform is taken in beside those of Retell, and given out in its shape', async () => {
  const retell = { call_id: 'theirs', agent_id: 'agent_1', call_status: 'ended', transcript: 'User: Hi\n' }
  const chat = plain({ id: 'chat_1', kind: 'chat', agent: 'chat_1', metadata: { phone_number: '+17025550181', n: 1 } })
  const answer = await post('', plain(), retell, chat)
  expect(await answer.json()).toMatchObject({ lines: 3, stored: 3, problem_count: 0 })
  expect(await (await post('', plain(), retell, chat)).json()).toMatchObject({ unchanged: 3, run_id: null })
  expect(await useCases.getRetellObject('other_1')).toEqual({
    call_id: 'other_1',
    agent_id: 'agent_1',
    agent_name: 'Desk',
    call_status: 'ended',
    call_type: 'phone_call',
    direction: 'inbound',
    from_number: '(212) 555-0156',
    to_number: '+13035550102',
    start_timestamp: Date.parse('2026-03-05T10:00:00Z'),
    end_timestamp: Date.parse('2026-03-05T10:03:00Z'),
    duration_ms: 180_000,
    metadata: { zero: 0, none: null },
    transcript: expect.stringContaining('Transfer Target: Sales here.\n'),
    transcript_object: expect.any(Array),
    transcript_with_tool_calls: expect.any(Array),
  })
  const rows = await db
    .selectFrom('conversations')
    .select(['id', 'contact_number', 'spoken_at'])
    .where('id', 'in', ['other_1', 'chat_1'])
    .orderBy('id')
    .execute()
  expect(rows).toEqual([
    { id: 'chat_1', contact_number: '+17025550181', spoken_at: new Date('2026-03-05T10:02:00Z') },
    { id: 'other_1', contact_number: '+12125550156', spoken_at: new Date('2026-03-05T10:02:00Z') },
  ])
  // An agent that nobody has told us about has the built-in items.
  const [version] = await useCases.listVersions('chat_1')
  expect(version?.config.items.map(({ name }) => name)).toEqual(['chat_summary', 'chat_successful', 'user_sentiment'])
})

test('its own analysis counts in place of a model call, and transfers carry their settings', async () => {
  const found = plain({
    id: 'found',
    transfers: [{ agent: 'sales', agent_version: 2, setting: 'both_agents' }],
    analysis: { summary: 'Wants Pro.', successful: false, sentiment: 'Neutral', fields: { plan: 'Pro', seats: 0 } },
  })
  await post('?use_vendor_analysis=true&analyse=true', found)
  expect(await useCases.currentAnalysis('found')).toMatchObject({
    model: 'vendor',
    successful: false,
    sentiment: 'Neutral',
    fields: { call_summary: { value: 'Wants Pro.' }, plan: { value: 'Pro' }, seats: { value: 0 } },
    parts: [{ agentId: 'agent_1' }, { agentId: 'sales', setting: 'both_agents' }],
  })
})

test('of one that has just ended the setting of its agent says who analyses it', async () => {
  const ended = plain({ id: 'just_ended' })
  const waits = () => db.selectFrom('awaited_analyses').select('conversation_id').execute()
  await post('?live=true', ended)
  expect(await waits()).toEqual([{ conversation_id: 'just_ended' }])
  const analysed = plain({ id: 'just_ended', analysis: { summary: 'Wants Pro.' } })
  expect(await (await post('?live=true', analysed)).json()).toMatchObject({ changed: 1 })
  expect(await waits()).toEqual([])
  expect(await useCases.currentAnalysis('just_ended')).toMatchObject({ model: 'vendor' })
  expect(await (await post('?live=true', ended)).json()).toMatchObject({ unchanged: 1, run_id: null })
})

test('every mistake is told with its place and what would be right, and no value', async () => {
  const secret = 'my secret words'
  const wrong = {
    ...plain({ kind: 'phone', started_at: 1_772_704_800, from_number: 7, transfers: [{ agent: '', setting: secret }] }),
    turns: [{ role: 'caller', text: 'x', time: 1 }, { role: 'user' }],
    agnet: 'x',
    analysis: { sentiment: secret, field: {} },
  }
  const report = Object(
    await (
      await post('', wrong, plain({ id: 'a\0b' }), plain({ ended_at: '2020-01-01T00:00:00Z' }), plain({ id: 'right' }))
    ).json(),
  )
  expect(report).toMatchObject({ stored: 1, problem_count: 3 })
  const told: string[] = report.problems.map(({ message }: { message: string }) => message)
  for (const part of [
    'kind: Invalid option: expected one of "call"|"chat"',
    'started_at: must be a time with its zone, such as 2026-03-05T10:00:00Z, or milliseconds since 1970',
    'from_number: Invalid input: expected string, received number',
    'turns[0].role: Invalid option: expected one of "user"|"agent"|"human"',
    'turns[0]: unknown key "time"; known: role, text, at',
    'turns[1].text: Invalid input: expected string, received undefined',
    'unknown key "agnet"; did you mean "agent"?',
    'transfers[0].setting: Invalid option: expected one of "only_destination_agent"|"both_agents"',
    'analysis.sentiment: Invalid option',
    'analysis: unknown key "field"; did you mean "fields"?',
  ])
    expect(told[0]).toContain(part)
  expect(told.join()).not.toContain(secret)
  expect(told[1]).toBe('id: must be well-formed text without a NUL character')
  expect(told[2]).toBe('ended_at: must not lie before started_at')

  const { components, paths } = Object(await (await call('GET', '/openapi.json')).json())
  expect(components.schemas.PlainConversation.required).toEqual(['id', 'kind', 'agent', 'started_at', 'turns'])
  expect(JSON.stringify(paths['/v1/conversations'].post.requestBody)).toContain(
    '#/components/schemas/PlainConversation',
  )
  expect(paths['/intake/retell'].post.security).toEqual([])
})
