import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { sampleCall, sampleChat } from '../../conversations/samples.ts'
import { openSdk } from './open-sdk.ts'

const { client, take, db, useCases, call: request } = await openSdk()

const bare = { metadata: {}, custom_attributes: { score: 1, kept: true } }

beforeAll(async () => {
  await take(
    sampleCall({ call_id: 'call_a', ...bare }),
    sampleCall({ call_id: 'call_b' }),
    sampleCall({ call_id: 'call_c' }),
    sampleChat({ chat_id: 'chat_a', retell_llm_dynamic_variables: { name: 'Ann', city: 'Bonn' } }),
  )
})

test('metadata are replaced, custom attributes set one by one; the audit knows who, and not what', async () => {
  const metadata = { customer: 'c_1', "o'clock": [0, false, null, { deep: '"\\ 👋' }] }
  const updated = await client.call.update('call_a', { metadata, custom_attributes: { score: 0 } })
  const now = { metadata, custom_attributes: { score: 0, kept: true }, transcript: expect.any(String) }
  expect(updated).toMatchObject({ call_id: 'call_a', ...now })
  expect(await client.call.retrieve('call_a')).toEqual(updated)
  const filter_criteria = { metadata: [{ key: 'customer', type: 'string', op: 'eq', value: 'c_1' }] } as const
  const { items } = await client.call.list({ filter_criteria: { metadata: [...filter_criteria.metadata] } })
  expect(items).toMatchObject([{ call_id: 'call_a' }])
  const entries = await db
    .selectFrom('audit_entries')
    .select(['actor', 'after'])
    .where('action', '=', 'conversation.updated')
    .execute()
  expect(entries).toEqual([{ actor: 'key:tester', after: { set: ['metadata', 'customAttributes'] } }])
})

test('of many updates at one moment none takes back another', async () => {
  const attributes = Array.from({ length: 20 }, (_, n) => ({ [`a${n}`]: n }))
  await Promise.all([
    ...attributes.map((custom_attributes) => client.call.update('call_b', { custom_attributes })),
    client.call.update('call_b', { metadata: { by: 'update' } }),
    client.call.update('call_b', { data_storage_setting: 'everything_except_pii' }),
  ])
  const set = {
    metadata: { by: 'update' },
    data_storage_setting: 'everything_except_pii',
    custom_attributes: Object.assign({}, ...attributes),
  }
  expect(await client.call.retrieve('call_b')).toMatchObject(set)
  // The vendor knows nothing of them.
  await take(sampleCall({ call_id: 'call_b', custom_attributes: { a0: 'sent', theirs: 1 }, agent_name: 'Anew' }))
  expect(await client.call.retrieve('call_b')).toMatchObject({
    ...set,
    agent_name: 'Anew',
    custom_attributes: { ...set.custom_attributes, theirs: 1 },
  })
})

test('variables are laid over those that were sent, and null takes them away again', async () => {
  const variablesOf = async () => Object(await client.chat.retrieve('chat_a')).retell_llm_dynamic_variables
  await client.chat.update('chat_a', { override_dynamic_variables: { city: 'Köln' } })
  await client.chat.update('chat_a', { override_dynamic_variables: { discount: '15%' } })
  expect(await variablesOf()).toEqual({ name: 'Ann', city: 'Köln', discount: '15%' })
  await take(sampleChat({ chat_id: 'chat_a', retell_llm_dynamic_variables: { name: 'Anna', city: 'Bonn' } }))
  expect(await variablesOf()).toEqual({ name: 'Anna', city: 'Köln', discount: '15%' })
  await client.chat.update('chat_a', { override_dynamic_variables: null })
  expect(await variablesOf()).toEqual({ name: 'Anna', city: 'Bonn' })
})

test('a chat whose metadata name another number is of that person from now on', async () => {
  await client.chat.update('chat_a', { metadata: { phone_number: '(702) 555-0182' } })
  await take(sampleChat({ chat_id: 'chat_a', chat_status: 'error' }))
  expect(await useCases.findContact('+17025550182')).toBeDefined()
  const row = await db.selectFrom('conversations').selectAll().where('id', '=', 'chat_a').executeTakeFirstOrThrow()
  expect(row).toMatchObject({ contact_number: '+17025550182', status: 'error' })
})

test('what keeps less is never taken back; of basic attributes alone the transcript is gone, and stays away', async () => {
  expect(await client.call.update('call_c', { data_storage_setting: 'everything' })).toHaveProperty('transcript')
  const updated = await client.call.update('call_c', { data_storage_setting: 'basic_attributes_only' })
  const gone = ['transcript', 'transcript_object', 'transcript_with_tool_calls', 'recording_url']
  for (const field of gone) expect(updated).not.toHaveProperty(field)
  await take(sampleCall({ call_id: 'call_c', agent_name: 'Anew' }))
  const again = await client.call.retrieve('call_c')
  expect(again).toMatchObject({ agent_name: 'Anew', data_storage_setting: 'basic_attributes_only' })
  for (const field of gone) expect(again).not.toHaveProperty(field)
  await expect(client.call.rerunAnalysis('call_c')).rejects.toMatchObject({ status: 422 })
  await expect(client.call.update('call_c', { data_storage_setting: 'everything' })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('basic_attributes_only already'),
  })
})

const big = (bytes: number) => ({ metadata: { text: 'x'.repeat(bytes) } })

test.each([
  [{ metadata: 'text' }, 'metadata: '],
  [big(51_200), 'metadata: 51211 bytes'],
  [{ custom_attributes: { a: null } }, 'custom_attributes.a: '],
  [{ data_storage_setting: 'nothing' }, 'data_storage_setting: '],
  [{ override_dynamic_variables: { a: '1' } }, 'override_dynamic_variables'],
  [{ agent_id: 'x' }, 'agent_id'],
])('an update that does not fit is 400 and named (%#)', async (body, named) => {
  const answer = await request('PATCH', '/v2/update-call/call_a', body)
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { status: 'error', message: expect.stringContaining(named) },
  ])
})

test('metadata of 50 kB fit; a chat is no call', async () => {
  expect(await client.call.update('call_a', big(50_000))).toMatchObject(big(50_000))
  await expect(client.call.update('chat_a', { metadata: {} })).rejects.toMatchObject({ status: 404 })
  await expect(client.chat.update('nobody', { metadata: {} })).rejects.toMatchObject({ status: 404 })
})

test('a deleted call is gone for everybody; deleting again says the same, and a chat is no call', async () => {
  await expect(client.call.delete('chat_a')).rejects.toMatchObject({ status: 404 })
  for (const _ of [1, 2]) expect((await request('DELETE', '/v2/delete-call/call_a')).status).toBe(204)
  await client.chat.delete('chat_a')
  await expect(client.call.retrieve('call_a')).rejects.toMatchObject({ status: 404 })
  await expect(client.call.update('call_a', {})).rejects.toMatchObject({ status: 404 })
  expect((await client.chat.list()).items).toEqual([])
  await expect(client.call.delete('nobody')).rejects.toMatchObject({ status: 404 })
})

/** What deals with agents, contacts and CRMs has tests of its own. */
const others = ['agent.js', 'app.js', 'chat-agent.js', 'contact.js', 'crm.js', 'identity.js']
const resources = path.join(path.dirname(createRequire(import.meta.url).resolve('retell-sdk')), 'resources')
const routes = readdirSync(resources)
  .filter((file) => file.endsWith('.js') && !others.includes(file))
  .flatMap((file) => {
    const source = readFileSync(path.join(resources, file), 'utf8')
    return [...source.matchAll(/_client\.(\w+)\((?:\(0, path_1\.path\) )?[`'](\/[^`']+)/g)]
  })
  .map(([, method = '', route = '']) => [method.toUpperCase(), route.replaceAll(/\$\{\w+\}/g, 'nobody')] as const)

test('there are methods of the SDK to walk', () => {
  expect(routes.length).toBeGreaterThan(50)
})

test.each(routes)(
  '%s %s of the SDK is answered, or 501 with the reason and not to be tried again',
  async (...[method, route]) => {
    const answer = await request(method, route, method === 'GET' || method === 'DELETE' ? undefined : {})
    const { message } = answer.status === 200 ? { message: '' } : Object(await answer.json())
    expect(message).not.toContain('GET /openapi.json lists')
    if (answer.status !== 501) return
    expect(message).toMatch(/^[A-Z].{20,}\.$/)
    expect(answer.headers.get('x-should-retry')).toBe('false')
  },
)

test('the SDK tells what cannot be done here', async () => {
  const asked = client.call.createPhoneCall({ from_number: '+14155550100', to_number: '+14155550101' })
  await expect(asked).rejects.toMatchObject({
    status: 501,
    message: expect.stringContaining('makes and holds no calls'),
  })
  await expect(client.voice.list()).rejects.toMatchObject({ status: 501 })
})
