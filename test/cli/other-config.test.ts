import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { planOf } from '../support/backfills.ts'
import { goal, plan } from '../support/items.ts'
import { both, publishThenDraft, to, transferred } from '../support/transfers.ts'
import { createWorld } from '../support/world.ts'
import { openCli } from './open-cli.ts'

const world = await createWorld()
const { actor, useCases } = world
const { run } = openCli(world)
const folder = await mkdtemp(path.join(tmpdir(), 'afterword-config-'))
afterAll(() => rm(folder, { recursive: true }))
const file = (name: string) => path.join(folder, name)

beforeAll(async () => {
  await publishThenDraft(world, 'agent_1', [plan], [plan, goal(3)])
  await publishThenDraft(world, 'sales', [plan], [plan, goal(2)])
  await world.take(transferred('one'), transferred('moved', to('sales', both)))
  await writeFile(file('config.json'), JSON.stringify({ items: [plan, goal(4)], model: 'gpt-5' }))
  const labels = ['one', 'moved'].map((id) => JSON.stringify({ id, fields: { plan: 'Pro' } }))
  await writeFile(file('labels.jsonl'), `${labels.join('\n')}\n`)
})

test('a preview says which version it asked with, and how it can count', async () => {
  const { out } = await run('rerun', 'one', '--preview', '--version', '0')
  expect(out).toContain('asked with agent_1 version 0 (published)')
  expect(out).toMatch(/to let it count: afterword keep one \d/)
  expect((await run('rerun', 'moved', '--preview')).out).toContain(
    'asked with agent_1 version 1 (draft), then sales version 1 (draft, items of both, as sent with the conversation)',
  )
  await run('rerun', 'moved', '--preview', '--version', '0')
  expect((await run('conversation', 'diff', 'moved', '--from', '1', '--to', '2')).out).toContain(
    'analysis 2 was asked with agent_1 version 1 (draft), then sales version 0 (published, items of both, as sent with the conversation)',
  )
  const inline = await run('rerun', 'one', '--preview', '--config', file('config.json'))
  expect(inline.out).toContain('asked with the config given')
  expect(inline.out).toContain('My goal is a')
  expect(inline.out).toContain('to let it count, save this config as a draft first')
})

test('another config is for previews, and a file that is none is named', async () => {
  expect((await run('rerun', 'one', '--version', '0')).err).toContain('ask for a preview')
  expect((await run('rerun', 'one', '--preview', '--config', file('none.json'))).err).toContain('none.json')
  expect((await run('rerun', 'one', '--preview', '--version', 'draft')).code).not.toBe(0)
})

test('a plan names the versions of every chain', async () => {
  const id = await planOf(world, 'one', 'moved')
  const { out } = await run('backfill', 'status', String(id), '--json')
  expect(Object.keys(JSON.parse(out).backfill.frozen.configs)).toEqual(['agent_1'])
  const planned = await run('backfill', 'plan', '--agent', 'agent_1', '--reason', 'test')
  expect(planned.out).toMatch(
    /agent_1 version 1 \(draft\), then sales version 1 \(draft, items of both\), frozen as [0-9a-f]{12}/,
  )
})

test('an evaluation holds each conversation against what its own chain finds, or a config given', async () => {
  const labels = ['eval', '--labels', file('labels.jsonl'), '--out', file('eval.json')]
  const { out } = await run(...labels)
  expect(out).toContain('  agent_1 version 1 (draft), config')
  expect(out).toContain('  agent_1 version 1 (draft), then sales version 1 (draft, items of both), config')
  const { configs } = JSON.parse(await readFile(file('eval.json'), 'utf8'))
  expect(configs).toMatchObject([
    { agentId: 'agent_1', version: 1, compared: 1 },
    { agentId: 'agent_1', version: 1, compared: 1, parts: [{ agentId: 'agent_1' }, { agentId: 'sales' }] },
  ])

  const pinned = JSON.parse((await run(...labels, '--agent', 'agent_1', '--version', '0', '--json')).out)
  expect(pinned.configs).toMatchObject([
    { version: 0, isDraft: false },
    { version: 1, isDraft: true, parts: [{ version: 0 }, { version: 1 }] },
  ])
  const given = await run(...labels, '--config', file('config.json'))
  expect(given.out).toContain('  agent_1, given, config')
  expect(given.out).toMatch(/conversations: compared 2/)
  const both = await run(...labels, '--config', file('config.json'), '--agent', 'agent_1', '--version', '0')
  expect(both.err).toContain('not with a config of your own')
})

test('a gate speaks for a backfill only where every chain of it was evaluated', async () => {
  await writeFile(file('one.jsonl'), `${JSON.stringify({ id: 'one', fields: { plan: 'Pro' } })}\n`)
  const gate = async (labels: string) => {
    await run('eval', '--labels', file(labels), '--gate', '0.5', '--out', file('gate.json'))
    const id = await planOf(world, 'one', 'moved')
    // Passed off as a real model's: what is asked here is which configs it speaks for.
    const evaluation = { ...JSON.parse(await readFile(file('gate.json'), 'utf8')), claim: null }
    return useCases.startBackfill({ id, actor, evaluation })
  }
  await expect(gate('one.jsonl')).rejects.toMatchObject({
    facts: { quarrels: ['the config of agent_1 version 1 to sales version 1 was not evaluated'] },
  })
  expect(await gate('labels.jsonl')).toMatchObject({ state: 'running' })
})
