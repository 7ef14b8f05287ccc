import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { planOf } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { createWorld } from '../support/world.ts'
import { openCli } from './open-cli.ts'

const world = await createWorld()
const { run } = openCli(world)
const folder = await mkdtemp(path.join(tmpdir(), 'afterword-gate-'))
afterAll(() => rm(folder, { recursive: true }))
const [labels, silent, out, other] = ['labels.jsonl', 'silent.jsonl', 'eval.json', 'other.json'].map((name) =>
  path.join(folder, name),
)

await ask(world, plan)
await world.take(call({ id: 'one', at: '2025-04-10T10:00:00Z', turns: ['I want the Pro plan.'] }))
await writeFile(labels ?? '', '{"id":"one","fields":{"plan":"Pro"}}')

/** The evaluation with these differences: the stand-in's own never passes. */
async function written(differences: object): Promise<string> {
  await writeFile(other ?? '', JSON.stringify({ ...JSON.parse(await readFile(out ?? '', 'utf8')), ...differences }))
  return other ?? ''
}

const evaluate = (...more: string[]) => run('eval', '--labels', labels ?? '', '--out', out ?? '', ...more)
const start = (id: number, file = '') => run('backfill', 'start', String(id), '--require-eval', file)

test('a backfill that requires an evaluation starts only on a pass with its very configs', async () => {
  const id = await planOf(world, 'one')
  const refused = (why: string) => ({ code: 1, err: expect.stringContaining(why) })
  await evaluate()
  expect(await start(id, out)).toMatchObject(refused('it was made without --gate'))
  expect((await evaluate('--gate', '1')).code).toBe(0)
  expect(await start(id, out)).toMatchObject(refused('a stand-in answered (sandbox-extractive-1: no accuracy claim)'))
  expect(await start(id, await written({ claim: null, below: [{ item: 'plan' }] }))).toMatchObject(
    refused('below the gate are plan'),
  )
  expect(await start(id, await written({ claim: null, engine: 'older' }))).toMatchObject(
    refused('made by engine older'),
  )
  expect(await start(id, await written({ claim: null, configs: [] }))).toMatchObject(
    refused('the config of agent_1 version 0 was not evaluated'),
  )
  const [config] = JSON.parse(await readFile(out ?? '', 'utf8')).configs
  expect(config).toMatchObject({ agentId: 'agent_1', compared: 1 })
  expect(await start(id, await written({ claim: null, configs: [{ ...config, compared: 0 }] }))).toMatchObject(
    refused('the config of agent_1 version 0 was not evaluated'),
  )
  expect(await start(id, await written({ claim: null, conversations: { notStored: 2 } }))).toMatchObject(
    refused('labelled, but not analysed: 2 conversations'),
  )
  expect(await start(id, await written({ claim: null, withoutTools: true }))).toMatchObject(
    refused('the model was shown no tool calls'),
  )
  expect(await start(id, await written({ claim: null, configs: [{ ...config, model: 'weaker' }] }))).toMatchObject(
    refused('the config of agent_1 version 0 was evaluated with weaker, a backfill asks sandbox-extractive-1'),
  )
  expect((await evaluate('--gate', '1', '--limit', '1')).out).toContain('only the first 1 labels')
  expect(await start(id, await written({ claim: null }))).toMatchObject(
    refused('only the first 1 labels were looked at'),
  )
  await world.take(call({ id: 'silent', at: '2025-04-10T10:00:00Z', turns: [] }))
  await writeFile(silent ?? '', '{"id":"silent","expect_empty":true}')
  expect((await run('eval', '--labels', silent ?? '', '--out', out ?? '', '--gate', '1')).code).toBe(0)
  expect(await start(id, await written({ claim: null }))).toMatchObject(
    refused('the config of agent_1 version 0 was not evaluated'),
  )
  expect((await evaluate('--gate', '1', '--without', 'call_summary,goal')).out).toContain('without call_summary, goal')
  expect(await start(id, labels)).toMatchObject(refused('this is no evaluation'))
  expect((await world.useCases.backfillStatus(id)).backfill.state).toBe('planned')

  const passed = await written({ claim: null })
  expect((await start(id, passed)).out).toContain(`backfill ${id}: running`)
  const entries = world.db.selectFrom('audit_entries').select(['subject_id', 'after'])
  expect(await entries.where('action', '=', 'backfill.gate_passed').execute()).toMatchObject([
    { subject_id: String(id), after: { gate: 1, labels: 1, without: ['call_summary', 'goal'] } },
  ])

  await ask(world, plan, goal(3))
  const next = await planOf(world, 'one')
  expect(await start(next, passed)).toMatchObject(refused('was not evaluated'))
})
