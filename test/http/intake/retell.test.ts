import { afterAll, expect, test, vi } from 'vitest'
import { verifyRetell } from '../../../src/http/intake/verify-retell.ts'
import { openWeb, startWorking } from '../../../src/main/index.ts'
import { startRetellSandbox } from '../../../src/sandbox/index.ts'
import { call, chat } from '../../support/conversations.ts'
import { fingerprints } from '../../support/database.ts'
import { ask, plan } from '../../support/items.ts'
import { useRules } from '../../support/mappings.ts'
import { addContact, textField } from '../../support/records.ts'
import { createWorld } from '../../support/world.ts'

const world = await createWorld({
  AFTERWORD_PORT: '0',
  AFTERWORD_LOG_LEVEL: 'error',
  AFTERWORD_RETELL: 'main,second',
  AFTERWORD_RETELL_MAIN_API_KEY: 'sandbox-retell',
  AFTERWORD_RETELL_SECOND_WEBHOOK_KEYS: 'old key,new key',
})
const { account, actor, db, models, useCases } = world
const web = await openWeb(world)
afterAll(() => web.close())
const retell = await startRetellSandbox()
afterAll(() => retell.close())

account.defineProperties([textField('plan_wanted'), textField('last_call_summary')])
await useRules(world, { from: 'plan', to: 'plan_wanted' }, { from: 'call_summary', to: 'last_call_summary' })
await ask(world, plan)

const send = (event: string, object: object, options = {}) =>
  retell.send(`${web.url}/intake/retell`, event, { ...object }, options)
const ended = (number: string, more: object = {}) => ({
  ...call({ id: number, at: '2025-04-10T10:00:00Z', number, turns: ['I want the Pro plan.', 'Good.'] }),
  ...more,
})
const analyzed = (number: string, more: object = {}) =>
  ended(number, {
    call_analysis: { call_summary: 'Wants "Team".', custom_analysis_data: { plan: 'Team' } },
    ...more,
  })
const stored = async (id: string) => useCases.getRetellObject(id)
const waits = () => db.selectFrom('awaited_analyses').select(['conversation_id', 'until']).execute()
const requests = () => models.admin.state().requests

test("the verifier's vectors: valid, tampered, wrong key, stale, d before v, short hex", async () => {
  const [body, at] = ['{"event":"call_ended"}', 1_700_000_000_000]
  const digest = '07024cabe7dd8f6d1c6e4a8324ca92c812e6ad4a7ee506c04f7e462e3321823e'
  const header = `v=${at},d=${digest}`
  const keys = [
    { account: 'other', key: 'another-key' },
    { account: 'main', key: 'test-api-key' },
  ]
  onTimeOf(at)
  expect(await verifyRetell(keys, body, header)).toBe('main')
  expect(await verifyRetell(keys, body, header.toUpperCase().replace('V=', 'v=').replace('D=', 'd='))).toBe('main')
  for (const wrong of [
    undefined,
    '',
    `d=${digest},v=${at}`,
    `v=${at},d=${digest.slice(1)}`,
    `v=${at},d=${digest.slice(0, 63)}g`,
    `v=${at},d=${digest} `,
    ` v=${at},d=${digest}`,
    `v=${at},d=${digest},x=1`,
    `v=${at + 1},d=${digest}`,
    `v=99999999999999999999,d=${digest}`,
  ])
    expect(await verifyRetell(keys, body, wrong)).toBeUndefined()
  expect(await verifyRetell(keys, '{"event":"call_ended" }', header)).toBeUndefined()
  expect(await verifyRetell(keys.slice(0, 1), body, header)).toBeUndefined()
  for (const [offset, account] of [
    [300_000, 'main'],
    [300_001, undefined],
    [-300_000, 'main'],
    [-300_001, undefined],
  ] as const) {
    onTimeOf(at + offset)
    expect(await verifyRetell(keys, body, header)).toBe(account)
  }
  vi.useRealTimers()
})

function onTimeOf(now: number) {
  vi.useFakeTimers({ toFake: ['Date'], now })
}

test('a wrong signature is 401 and leaves nothing behind; a key of any account will do', async () => {
  const before = await fingerprints(db)
  expect(await send('call_ended', ended('+12125553001'), { key: 'wrong' })).toBe(401)
  expect(await send('call_ended', ended('+12125553001'), { at: Date.now() - 301_000 })).toBe(401)
  const bare = await fetch(`${web.url}/intake/retell`, {
    method: 'POST',
    body: JSON.stringify({ event: 'call_ended' }),
  })
  expect(bare.status).toBe(401)
  expect(await bare.json()).toEqual({ status: 'error', message: expect.stringContaining('signature') })
  expect(await fingerprints(db)).toEqual(before)
  for (const key of ['old key', 'new key']) expect(await send('call_ended', ended('+12125553001'), { key })).toBe(204)
  const run = await db.selectFrom('runs').select(['kind', 'actor', 'reason']).orderBy('id', 'desc').executeTakeFirst()
  expect(run).toEqual({ kind: 'intake', actor: 'system:retell:second', reason: 'call_ended' })
})

test('events of no interest are acknowledged, broken ones told', async () => {
  const before = await fingerprints(db)
  for (const event of ['call_started', 'chat_started', 'transcript_updated', 'transfer_bridged', 'call_dreamt', ''])
    expect(await send(event, ended('+12125553002', { call_status: 'ongoing' }))).toBe(204)
  expect(await send('call_ended', { call_id: 'a', agent_id: 'b', call_status: 'sleeping' })).toBe(400)
  expect(await send('call_ended', { ...chat({ id: 'a', at: '2025-04-10T10:00:00Z', turns: ['Hi.'] }) })).toBe(400)
  expect(await fingerprints(db)).toEqual(before)
})

test('a hundred pairs of events are no model call; redelivered and out of order they take nothing away', async () => {
  const numbers = Array.from({ length: 100 }, (_, index) => `+1212555${1000 + index}`)
  account.createContacts(numbers.map((phone) => ({ properties: { phone } })))
  await world.importCrm()
  const asked = requests()
  const begun = performance.now()
  const statuses = await Promise.all(
    numbers.map(async (number, place) => {
      const pair = [() => send('call_ended', ended(number)), () => send('call_analyzed', analyzed(number))]
      // A third of them in order, a third in the wrong order, a third at once.
      if (place % 3 === 2) return Promise.all(pair.map((one) => one()))
      const [first, second] = place % 3 === 0 ? pair : pair.toReversed()
      return [await first?.(), await second?.()]
    }),
  )
  expect(new Set(statuses.flat())).toEqual(new Set([204]))
  expect((performance.now() - begun) / 200).toBeLessThan(1_000)
  await world.push()
  expect(requests()).toBe(asked)
  expect(await waits()).toEqual([{ conversation_id: '+12125553001', until: expect.any(Date) }])
  const held = new Map(account.contacts().map(({ properties }) => [properties.phone, properties]))
  for (const number of numbers)
    expect(held.get(number)).toMatchObject({ plan_wanted: 'Team', last_call_summary: 'Wants "Team".' })

  const before = await fingerprints(db)
  for (const number of numbers.slice(0, 6)) {
    expect(await send('call_ended', ended(number))).toBe(204)
    expect(await send('call_ended', ended(number, { recording_url: 'https://vendor/other' }))).toBe(204)
    expect(await send('call_analyzed', analyzed(number))).toBe(204)
  }
  expect(await fingerprints(db)).toEqual(before)
  expect(await stored(numbers[0] ?? '')).toMatchObject({ call_analysis: { call_summary: 'Wants "Team".' } })
})

test('redelivered after a rerun, the rerun stays in force; after a correction, the analysis it was made on', async () => {
  const [number, other] = ['+12125553010', '+12125553011']
  const [id, otherId] = [
    await addContact(world, { properties: { phone: number } }),
    await addContact(world, { properties: { phone: other } }),
  ]
  await send('call_analyzed', analyzed(number))
  await world.rerun(number)
  expect(world.held(id)).toMatchObject({ plan_wanted: 'Pro' })
  for (const more of [{}, { recording_url: 'https://vendor/again' }]) {
    expect(await send('call_analyzed', analyzed(number, more))).toBe(204)
    await world.push()
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Pro' })
    expect(await useCases.currentAnalysis(number)).toMatchObject({ model: 'sandbox-extractive-1' })
  }

  await useCases.setLive({ agentId: 'agent_1', live: 'vendor', actor })
  await send('call_ended', ended(other))
  const { runId } = await db
    .selectFrom('conversations')
    .select('intake_run_id as runId')
    .where('id', '=', other)
    .executeTakeFirstOrThrow()
  await analyseAsIntake(other, runId ?? 0)
  await useCases.correctField({ conversationId: other, item: 'plan', value: 'Basic', actor, reason: 'heard it' })
  await send('call_analyzed', analyzed(other))
  await world.push()
  expect(world.held(otherId)).toMatchObject({ plan_wanted: 'Basic' })
  expect(await useCases.currentAnalysis(other)).toMatchObject({ model: 'sandbox-extractive-1' })
  expect(await useCases.listAnalyses(other)).toHaveLength(2)
})

test('a vendor that stays silent is awaited for a quarter of an hour, also across a restart; ours asks at once, and once', async () => {
  const [silent, late, mine] = ['+12125553020', '+12125553021', '+12125553022']
  const before = Date.now()
  await send('call_ended', ended(silent))
  await send('call_ended', ended(late))
  const untils = new Map((await waits()).map(({ conversation_id, until }) => [conversation_id, until.getTime()]))
  expect(Math.abs((untils.get(silent) ?? 0) - before - 900_000)).toBeLessThan(30_000)
  await send('call_ended', ended(silent, { metadata: { again: true } }))
  expect(new Map((await waits()).map((each) => [each.conversation_id, each.until.getTime()]))).toEqual(untils)

  const settings = await useCases.setLive({ agentId: 'agent_1', live: 'ours', actor })
  expect(settings).toMatchObject({ agentId: 'agent_1', live: 'ours' })
  const { key } = await useCases.createKey({ name: 'ops', actor })
  const ask = (method: string, body?: object) =>
    fetch(`${web.url}/v1/agents/agent_1`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
  expect((await ask('PATCH', { live: 'never' })).status).toBe(400)
  expect((await ask('PATCH', { live: 'ours' })).status).toBe(200)
  const shown = { agent_id: 'agent_1', kind: 'call', name: null, live: 'ours' }
  expect(await (await ask('GET')).json()).toEqual(shown)
  const entries = () =>
    db.selectFrom('audit_entries').select(['before', 'after']).where('action', '=', 'agent.live_changed').execute()
  expect(await entries()).toEqual([{ before: { live: 'vendor' }, after: { live: 'ours' } }])
  await useCases.setLive({ agentId: 'agent_1', live: 'ours', actor })
  expect(await entries()).toHaveLength(1)

  await startWorking(world)
  const asked = requests()
  await send('call_ended', ended(mine))
  await send('call_analyzed', analyzed(mine))
  await vi.waitUntil(async () => (await useCases.currentAnalysis(mine)) !== undefined, { timeout: 20_000 })
  expect(await useCases.listAnalyses(mine)).toMatchObject([{ model: 'sandbox-extractive-1', current: true }])
  expect(requests()).toBe(asked + 1)

  expect(await useCases.listAnalyses(silent)).toEqual([])
  await db.updateTable('awaited_analyses').set({ until: new Date() }).where('conversation_id', '=', silent).execute()
  await vi.waitUntil(async () => (await useCases.currentAnalysis(silent)) !== undefined, { timeout: 20_000 })
  expect((await waits()).map((each) => each.conversation_id)).not.toContain(silent)
  expect(await useCases.listAnalyses(late)).toEqual([])
}, 60_000)

async function analyseAsIntake(conversationId: string, runId: number) {
  const { analyseConversation } = await import('../../../src/analysis/index.ts')
  const { configForIntake } = await import('../../../src/agents/index.ts')
  const config = await configForIntake(db, 'agent_1', null)
  await analyseConversation(world, { conversationId, runId, config })
}
