import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  deskAgentId,
  draftWithShortSummary,
  sampleAgents,
  sampleConversations,
} from '../../src/sandbox/samples/index.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { limitsOf, perDay } from '../support/spender.ts'
import { createWorld } from '../support/world.ts'
import { openCli } from './open-cli.ts'

const world = await createWorld()
const { actor, db, models, useCases } = world
const { run } = openCli(world)
const labels = path.join(import.meta.dirname, 'sample-labels.jsonl')
const folder = await mkdtemp(path.join(tmpdir(), 'afterword-eval-'))
afterAll(() => rm(folder, { recursive: true }))
const against = ['eval', '--labels', labels]
const requests = () => models.admin.state().requests

beforeAll(async () => {
  await useCases.importAgents({ file: sampleAgents, actor })
  await world.take(...sampleConversations)
})

async function json(...args: string[]) {
  const { code, out, err } = await run(...args, '--json')
  return { code, err, result: JSON.parse(out) }
}

test('it says what it will ask, asks once, compares, and changes nothing that counts', async () => {
  const before = await json(...against, '--stored')
  expect(before.err).toBe('')
  expect(before.result.conversations).toMatchObject({ compared: 0, skipped: 2, notStored: 10, unknown: 1 })
  expect(requests()).toBe(0)

  const out = path.join(folder, 'eval.json')
  const first = await run(...against, '--out', out)
  expect(first.code).toBe(0)
  expect(first.err).toMatch(
    /^10 model calls, at the most \$0\.\d+; 0 answered by what is stored, 2 with nothing to analyse$/,
  )
  expect(requests()).toBe(10)
  expect(first.out).toContain('sandbox-extractive-1: no accuracy claim')
  expect(first.out).toMatch(/agent_harbor_desk version 0, config [0-9a-f]{12}, asks sandbox-extractive-1/)
  expect(first.out).toMatch(/conversations: compared 10, skipped 2, unknown 1/)
  expect(first.out).toMatch(/not asked by the config: caller 1/)
  expect(first.out).toMatch(/per 1,000 conversations: \$0\.\d+, \d+ min of model time/)

  const again = await json(...against)
  expect(again.err).toMatch(/^no model call; 10 answered by what is stored/)
  expect(requests()).toBe(10)
  const written = JSON.parse(await readFile(out, 'utf8'))
  expect(again.result).toEqual({ ...written, at: expect.any(String) })
  expect((await json(...against, '--stored')).result).toMatchObject({ items: written.items, all: written.all })

  const { items, all } = written
  // What the labels file says, line by line: the counts are its, whatever the stand-in found.
  expect(Object.fromEntries(items.map((each: { item: string; labels: number }) => [each.item, each.labels]))).toEqual({
    ...{ service_needed: 12, budget: 9, preferred_day: 10, call_successful: 2, chat_successful: 1 },
  })
  for (const { right, wrong, missing, empty, invented, labels } of [...items, all])
    expect(right + wrong + missing + empty + invented).toBe(labels)
  const budget = items.find(({ item }: { item: string }) => item === 'budget')
  expect(budget).toMatchObject({ empty: 5, invented: 0, nullAccuracy: 1 })
  expect(budget.right + budget.wrong + budget.missing).toBe(4)

  for (const id of ['call_harbor_01', 'chat_harbor_06']) {
    expect(await useCases.currentAnalysis(id)).toBeUndefined()
    expect(await useCases.listAnalyses(id)).toMatchObject([{ number: 1, keptAt: null, current: false }])
  }
  expect(await db.selectFrom('contributions').select('id').execute()).toEqual([])
  const audited = db.selectFrom('audit_entries').select(['actor', 'after']).where('action', '=', 'evaluation.started')
  expect(await audited.execute()).toEqual([{ actor: 'cli:tester', after: { calls: 10 } }])
})

test('a gate names what is below it and exits 1; without anything to compare it is not passed', async () => {
  expect(await run(...against, '--gate', '0')).toMatchObject({
    code: 0,
    err: expect.stringContaining('gate 0: passed'),
  })
  const { result } = await json(...against)
  const agreements: number[] = result.items.map(({ agreement }: { agreement: number }) => agreement)
  const least = result.items[agreements.indexOf(Math.min(...agreements))]
  expect(least.agreement).toBeLessThan(1)
  const failed = await json(...against, '--gate', '1')
  expect(failed.code).toBe(1)
  expect(failed.err).toMatch(new RegExp(`gate 1: not passed by .*${least.item} `))
  expect(failed.result.below[0].agreement).toBe(least.agreement)
  const names = failed.result.below.map(({ item }: { item: string }) => item).join(',')
  expect((await run(...against, '--gate', '1', '--without', names)).code).toBe(0)
  const nothing = await run(
    ...against,
    '--agent',
    deskAgentId,
    '--limit',
    '1',
    '--gate',
    '0.5',
    '--without',
    'service_needed,budget,preferred_day',
  )
  expect(nothing).toMatchObject({ code: 1, err: expect.stringContaining('nothing was compared') })
})

test('one agent, one version, the first so many; the draft is another config, asked about anew', async () => {
  expect((await json(...against, '--limit', '3')).result.conversations).toMatchObject({ compared: 3, unknown: 0 })
  await useCases.saveDraft({ agentId: deskAgentId, kind: 'call', body: draftWithShortSummary, actor })
  const asked = requests()
  const ofDraft = await json(...against, '--agent', deskAgentId, '--concurrency', '2')
  expect(requests()).toBe(asked + 8)
  expect(ofDraft.result).toMatchObject({
    configs: [{ agentId: deskAgentId, version: 1, isDraft: true }],
    conversations: { compared: 8, skipped: 2, unknown: 1 },
  })
  const ofPublished = await json(...against, '--agent', deskAgentId, '--version', '0')
  expect(requests()).toBe(asked + 8)
  expect(ofPublished.result.configs).toMatchObject([{ version: 0, isDraft: false }])
  expect(ofPublished.result.configs[0].hash).not.toBe(ofDraft.result.configs[0].hash)
})

test('of an agent none of whose items was compared nothing is known', async () => {
  const out = path.join(folder, 'one-agent.json')
  await writeFile(
    out,
    '{"id":"call_harbor_01","fields":{"budget":1}}\n{"id":"chat_harbor_06","fields":{"caller":"Ana"}}',
  )
  const { result } = await json('eval', '--labels', out)
  expect(result.conversations).toMatchObject({ compared: 2, notAsked: { caller: 1 } })
  const counts = result.configs.map((each: { agentId: string; compared: number }) => [each.agentId, each.compared])
  expect(new Set(counts.map(([, compared]: [string, number]) => compared))).toEqual(new Set([0, 1]))
  expect(Object.fromEntries(counts)).toMatchObject({ [deskAgentId]: 1 })
})

test('corrections that stand are labels too', async () => {
  const correct = (item: string, value: unknown, conversationId = 'call_harbor_02') =>
    useCases.correctField({ conversationId, item, value, actor, reason: 'heard it' })
  await correct('budget', 1)
  await correct('budget', 12_500)
  await correct('preferred_day', null)
  const taken = await correct('budget', 7, 'call_harbor_03')
  await useCases.undoRun({ runId: taken.runId, actor, reason: 'test' })
  await correct('preferred_day', 'Friday', 'call_harbor_03')
  const { result } = await json('eval', '--corrections')
  expect(result).toMatchObject({ against: 'corrections', conversations: { compared: 2, unknown: 0 } })
  const [budget, day] = result.items
  expect(budget).toMatchObject({ item: 'budget', labels: 1, right: 1 })
  // The third call says Thursday.
  expect(day).toMatchObject({ item: 'preferred_day', labels: 2, empty: 1, wrong: 1 })
  expect((await json('eval', '--corrections', '--limit', '1')).result.all.labels).toBe(2)
})

test('a failure of one conversation is missing, one of the provider ends it and loses nothing paid for', async () => {
  await useCases.saveDraft({
    agentId: deskAgentId,
    kind: 'call',
    body: { post_call_analysis_data: [...draftWithShortSummary.post_call_analysis_data].toReversed() },
    actor,
  })
  const desk = [...against, '--agent', deskAgentId, '--concurrency', '1']
  models.admin.fault({ kind: 'refuse', times: 1 })
  const refused = await json(...desk, '--limit', '1')
  expect(refused.result).toMatchObject({
    conversations: { failed: 1, compared: 0 },
    all: { labels: 3, missing: 3, agreement: 0 },
  })

  const asked = requests()
  world.model.limits = limitsOf({ installation: perDay(0.000_001) })
  const refusal = { code: 1, err: expect.stringContaining('installation may spend') }
  const broke = await run(...desk)
  expect(broke).toMatchObject(refusal)
  const mostUsd = Number(/^8 model calls, at the most \$([\d.]+)/.exec(broke.err)?.[1])
  const spentUsd = (await useCases.reportSpending()).scopes.find(({ scope }) => scope === 'installation')?.spentUsd ?? 0
  world.model.limits = limitsOf({ installation: perDay(spentUsd + mostUsd / 6) })
  // Eight at once reserve more than a sixth of what eight may cost, each with a dearer second try.
  models.admin.set({ latencyMs: 200 })
  expect(await run(...desk, '--concurrency', '8')).toMatchObject(refusal)
  models.admin.set({ latencyMs: 0 })
  const paid = requests() - asked
  expect(paid).toBeGreaterThan(0)
  expect(paid).toBeLessThan(8)
  world.model.limits = limitsOf()
  expect((await json(...desk)).result.conversations).toMatchObject({ compared: 8, failed: 0 })
  expect(requests()).toBe(asked + 8)
})

test('a failure that a later label of the same conversation finds is no credit for silence either', async () => {
  await ask(world, plan)
  await world.take(call({ id: 'labelled_twice', at: '2025-04-10T10:00:00Z', turns: ['Good morning.'] }))
  const [file, line] = [path.join(folder, 'twice.jsonl'), '{"id":"labelled_twice","fields":{"plan":null}}']
  // Too far apart to be judged by one look at what is stored.
  await writeFile(file, [line, ...Array.from({ length: 64 }, () => '{"id":"nobody"}'), line].join('\n'))
  models.admin.fault({ kind: 'refuse', times: 1 })
  const { result } = await json('eval', '--labels', file)
  expect(result.conversations).toMatchObject({ failed: 2, compared: 0, unknown: 64 })
  expect(result.all).toMatchObject({ labels: 0, empty: 0 })
})

const wrong = path.join(folder, 'wrong.jsonl')
await writeFile(wrong, '{"id":"call_harbor_01","fields":{"budget":1}}\n{"fields":{}}\n')

test.each([
  [['eval'], 'give one of --labels <file> or --corrections'],
  [[...against, '--corrections'], 'give one of'],
  [[...against, '--version', '0'], 'goes with --agent'],
  [[...against, '--agent', 'nobody'], 'there is no agent nobody'],
  [[...against, '--agent', deskAgentId, '--version', '99'], `there is no agent ${deskAgentId} version 99`],
  [['eval', '--labels', path.join(folder, 'none.jsonl')], 'cannot be read: ENOENT'],
  [['eval', '--labels', wrong], 'line 2 of the labels is no label: it wants id'],
  [[...against, '--without', 'plan,,goal'], 'names with commas between them'],
  [[...against, '--stored', '--out', path.join(folder, 'none', 'out.json')], 'cannot be written: ENOENT'],
  [[...against, '--gate', '90'], 'a share from 0 to 1'],
])('%j exits 1 and says why', async (args, message) => {
  const asked = requests()
  const { code, err } = await run(...args)
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining(message) })
  expect(requests()).toBe(asked)
})
