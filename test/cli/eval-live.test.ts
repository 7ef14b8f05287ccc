import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { engineVersion, evaluateConfig } from '../../src/analysis/index.ts'
import { startModelSandbox } from '../../src/sandbox/model/index.ts'
import { sampleAgents, sampleConversations } from '../../src/sandbox/samples/index.ts'
import { startScriptedServer } from '../model/scripted-server.ts'
import { createWorld } from '../support/world.ts'
import { openCli } from './open-cli.ts'

const labels = path.join(import.meta.dirname, 'sample-labels.jsonl')
const folder = await mkdtemp(path.join(tmpdir(), 'afterword-live-'))
afterAll(() => rm(folder, { recursive: true }))
const out = path.join(folder, 'live.json')
const live = ['eval', '--labels', labels, '--live']
const isWritten = () =>
  access(out).then(
    () => true,
    () => false,
  )

/** An installation with the samples, and its commands. */
async function open(settings: Record<string, string> = {}) {
  const world = await createWorld(settings)
  await world.useCases.importAgents({ file: sampleAgents, actor: world.actor })
  await world.take(...sampleConversations)
  return { world, ...openCli(world) }
}

describe('a live evaluation is refused, with the reason and before anything is asked,', async () => {
  const { run, world } = await open()
  const asked = () => world.models.admin.state().requests

  test('of a stand-in by its name', async () => {
    expect(await run(...live, '--out', out)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no live evaluation: sandbox-extractive-1 is a stand-in/),
    })
    expect([asked(), await isWritten()]).toEqual([0, false])
  })

  test('without a file, or without asking', async () => {
    for (const args of [[], ['--out', out, '--stored']])
      expect(await run(...live, ...args)).toMatchObject({ code: 1, err: expect.stringMatching(/--live asks a model/) })
    expect([asked(), await isWritten()]).toEqual([0, false])
  })

  test('on the sandbox, and without a key', async () => {
    const { model } = world
    const input = { labels: () => [], isLive: true, actor: world.actor, reason: 'test' }
    const ask = (profile: object) =>
      evaluateConfig(
        { ...world, now: () => new Date(), model: { ...model, profile: { ...model.profile, ...profile } } },
        input,
      )
    await expect(ask({ isSandbox: true })).rejects.toThrow(/runs on the sandbox/)
    await expect(ask({ apiKey: 'none' })).rejects.toThrow(/there is no key/)
  })
})

test('a stand-in that is asked by the name of a real model gives itself away: nothing is written', async () => {
  const masked = await startModelSandbox({ aliases: ['gpt-6-luna'] })
  afterAll(masked.close)
  const { run } = await open({ OPENAI_BASE_URL: masked.url, AFTERWORD_MODELS: '*=gpt-6-luna' })
  const { code, err } = await run(...live, '--out', out)
  expect({ code, err }).toMatchObject({
    code: 1,
    err: expect.stringMatching(/sandbox-extractive-1, a stand-in, has answered/),
  })
  expect([masked.admin.state().requests, await isWritten()]).toEqual([10, false])
})

// The answers are written by hand: what is tried is the file, not a model.
test('of a model that is no stand-in, the file says which, when, with what config and engine, at what cost and how fast', async () => {
  const server = await startScriptedServer()
  const field = { evidence: [], status: 'not_mentioned', value: null }
  const keys = ['f01', 'f02', 'f03', 'f04', 'f05', 'f06']
  const content = JSON.stringify(Object.fromEntries(keys.map((key) => [key, field])))
  const usage = { prompt_tokens: 1_000, completion_tokens: 100 }
  server.play({ body: { model: 'gpt-6-luna', choices: [{ finish_reason: 'stop', message: { content } }], usage } })
  const { run } = await open({ OPENAI_BASE_URL: server.url, AFTERWORD_MODELS: '*=gpt-6-luna' })
  const shown = await run(...live, '--out', out)
  expect(shown).toMatchObject({ code: 0, out: expect.stringMatching(/^live evaluation of .* answered by gpt-6-luna/) })
  const written = JSON.parse(await readFile(out, 'utf8'))
  expect(written).toMatchObject({ live: true, claim: null, models: ['gpt-6-luna'], engine: engineVersion })
  expect(Number.isNaN(Date.parse(written.at))).toBe(false)
  for (const { hash } of written.configs) expect(hash).toMatch(/^[0-9a-f]{64}$/)
  // 1,000 tokens in at $0.10 and 100 out at $0.50 a million.
  expect(written.per1000).toEqual({ costUsd: expect.closeTo(0.15, 6), seconds: expect.any(Number) })
  expect(written.all).toMatchObject({ precision: null, recall: 0, nullAccuracy: 1 })
})
