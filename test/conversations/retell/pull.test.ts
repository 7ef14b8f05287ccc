import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { RetellSandbox } from '../../../src/sandbox/index.ts'
import { chat } from '../../support/conversations.ts'
import { createPulling, heard, items, vendorAnalysis } from '../../support/pulling.ts'
import { startAfterword } from '../../support/start-afterword.ts'

const { world, vendors, pull } = await createPulling('main', 'slow', 'timed')
const { main, slow, timed } = vendors
const { actor, db, useCases } = world

const minuteMs = 60_000

function many(prefix: string, count: number) {
  const first = Date.parse('2025-04-10T10:00:00Z')
  return Array.from({ length: count }, (_, place) =>
    heard(`${prefix}_${place}`, { agent_id: 'many' }, new Date(first + place * minuteMs).toISOString()),
  )
}

const asked = ({ account }: RetellSandbox, path: string) =>
  account.requests.filter((each) => each.path.startsWith(path))
const versionsOf = async (agentId: string) =>
  (await useCases.listVersions(agentId)).map(({ version, publishedAt, config }) => [
    version,
    publishedAt !== null,
    config.items.at(-1)?.name,
  ])

test('a pull brings calls and chats with transcripts, analyses and agents; the next one reads only what is new', async () => {
  main.addAgents({
    agents: [
      {
        agent_id: 'agent_1',
        agent_name: 'Desk',
        version: 0,
        is_published: true,
        post_call_analysis_data: items('old'),
      },
      { agent_id: 'agent_1', version: 1, is_published: true, post_call_analysis_data: items('goal') },
      { agent_id: 'agent_1', version: 2, is_published: false, post_call_analysis_data: items('drafted') },
      { agent_id: 'odd', version: 0, is_published: true, post_call_analysis_data: [{ type: 'poem', name: 'x' }] },
    ],
    chat_agents: [
      { agent_id: 'chat_agent_1', version: 3, is_published: true, post_chat_analysis_data: items('topic') },
    ],
  })
  const spoken = chat({ id: 'chat_1', at: '2025-04-11T10:00:00Z', turns: ['Hello.', 'Hi!'] })
  main.add(
    heard('call_1', { agent_version: 1 }),
    heard('call_2', { agent_id: 'odd', agent_version: 0 }, '2025-04-12T10:00:00Z'),
    heard('call_3', { agent_id: 'gone', agent_version: 7 }, '2025-04-13T10:00:00Z'),
    { ...heard('broken', {}, '2025-04-13T11:00:00Z'), to_number: 7 },
    { ...spoken, version: 3, chat_analysis: { chat_summary: 'Said hello.' } },
  )
  const report = await pull('main')
  expect(report).toMatchObject({ listed: 5, stored: 4, unreadable: 1, agentVersions: 3 })
  expect(await useCases.getRetellObject('call_1')).toMatchObject({
    transcript: 'User: I want the Pro plan.\nAgent: Good.\n',
    call_analysis: vendorAnalysis,
  })
  expect(await useCases.currentAnalysis('call_1')).toMatchObject({ model: 'vendor', costUsd: 0, runId: report.runId })
  expect(await useCases.currentAnalysis('chat_1')).toMatchObject({ fields: { chat_summary: { value: 'Said hello.' } } })
  expect(await versionsOf('agent_1')).toEqual([
    [2, false, 'drafted'],
    [1, true, 'goal'],
  ])
  expect(await versionsOf('chat_agent_1')).toEqual([[3, true, 'topic']])
  // Held with the built-in items: what its vendor asks cannot be asked by us.
  expect(await versionsOf('odd')).toEqual([[0, false, 'user_sentiment']])

  await useCases.saveDraft({
    agentId: 'agent_1',
    kind: 'call',
    body: { post_call_analysis_data: items('ours') },
    actor,
  })
  main.account.requests.length = 0
  main.add(heard('call_4', { agent_version: 2 }, '2025-04-14T10:00:00Z'))
  expect(await pull('main')).toMatchObject({ stored: 1, unreadable: 1 })
  expect(new Set(asked(main, '/v2/get-call').map(({ path }) => path))).toEqual(
    new Set(['/v2/get-call/broken', '/v2/get-call/call_4']),
  )
  // What was edited here is ours.
  expect(await versionsOf('agent_1')).toEqual([
    [2, false, 'ours'],
    [1, true, 'goal'],
  ])

  // An agent whose calls came before it was known has the built-in items until it is pulled.
  await world.take({ ...heard('early'), agent_id: 'later', agent_version: 4 })
  expect(await versionsOf('later')).toEqual([[0, false, 'user_sentiment']])
  main.addAgents({
    agents: [0, 4].map((version) => {
      return { agent_id: 'later', version, is_published: true, post_call_analysis_data: items(`asked_${version}`) }
    }),
  })
  main.add(heard('early_2', { agent_id: 'later', agent_version: 4 }, '2025-04-15T10:00:00Z'))
  await pull('main')
  expect(await versionsOf('later')).toEqual([
    [4, true, 'asked_4'],
    [0, true, 'asked_0'],
  ])
})

test('a pull that broke off, or was killed, goes on where it was; what is stored is not retrieved again', async () => {
  slow.add(...many('slow', 150))
  slow.account.faults.push({ path: 'get-call/slow_130', status: 401, times: 1 })
  await expect(pull('slow')).rejects.toMatchObject({ code: 'retell.unauthorized', recovery: 'stop' })
  expect(await pull('slow')).toMatchObject({ stored: 34, unchanged: 17 })
  expect(asked(slow, '/v2/get-call').length).toBeLessThanOrEqual(150 + 16)

  slow.account.requests.length = 0
  slow.add(...many('killed', 160))
  slow.account.settings.latencyMs = 20
  const worker = startAfterword(
    'worker',
    { ...world.environment, AFTERWORD_RETELL_SLOW_PULL_MINUTES: '60' },
    onTestFinished,
  )
  // The cursor stands after what was pulled before: from the start, as the new ones are as old.
  await db.updateTable('pulls').set({ read_to: null }).where('account', '=', 'slow').execute()
  await vi.waitUntil(() => asked(slow, '/v2/get-call').length > 60, { timeout: 60_000, interval: 10 })
  await worker.kill()
  slow.account.settings.latencyMs = 0
  await sleep(100)
  const before = asked(slow, '/v2/get-call').length
  expect(before).toBeLessThan(160)
  await vi.waitUntil(async () => (await useCases.pullRetell({ account: 'slow', actor })).slow !== null, {
    timeout: 60_000,
  })
  const ids = asked(slow, '/v2/get-call').map(({ path }) => path)
  expect(new Set(ids).size).toBe(160)
  expect(ids.length).toBeLessThanOrEqual(160 + 32)
  const { count } = await db
    .selectFrom('conversations')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('agent_id', '=', 'many')
    .executeTakeFirstOrThrow()
  expect(Number(count)).toBe(310)
}, 120_000)

test('a 429 is waited out by all, for as long as it says; nobody asks faster than the rate', async () => {
  timed.add(...many('timed', 40))
  timed.account.faults.push({ path: 'get-call/timed_7', times: 2, retryAfter: 1 })
  timed.account.faults.push({ path: 'get-call/timed_20', times: 1, status: 503 })
  await db
    .updateTable('buckets')
    .set({ tat: new Date(0) })
    .where('bucket', '=', 'retell:timed')
    .execute()
  expect(await pull('timed')).toMatchObject({ stored: 40 })
  const { requests } = timed.account
  const times = requests.map(({ at }) => at)
  for (const [place, at] of times.entries()) {
    const within = times.slice(place).filter((each) => each < at + 200)
    // 100 a second, and what a machine under load bunches together: as many as wait at once.
    expect(within.length).toBeLessThanOrEqual(20 + 16)
  }
  for (const { at } of requests.filter(({ status }) => status === 429)) {
    // What was sent before its answer came is on its way.
    const after = times.filter((each) => each > at + 150 && each < at + 950)
    expect(after).toEqual([])
  }
  timed.account.faults.push({ times: 1, retryAfter: 400 })
  await expect(pull('timed')).rejects.toMatchObject({ code: 'retell.throttled', retryAfterMs: 400_000 })
})
