import { afterAll, expect, test } from 'vitest'
import type { PerMinute } from '../../src/limits/index.ts'
import { openModel, probeModel, profileOf } from '../../src/model/index.ts'
import { startModelSandbox } from '../../src/sandbox/model/index.ts'
import { createTestDatabase } from '../support/database.ts'
import { budgetsOf, limitsOf, perDay } from '../support/spender.ts'

const { db } = await createTestDatabase()
const name = 'sandbox-extractive-1'
const sandbox = await startModelSandbox({})
afterAll(() => sandbox.close())

function depsWith(limits = limitsOf(), perMinute: PerMinute = { turns: null, units: null }) {
  const profile = profileOf({ url: sandbox.url, apiKey: 'sandbox-model', models: {}, isSandbox: true })
  return { db, now: () => new Date(), model: openModel(profile, { backoffMs: 1 }, { limits, perMinute }) }
}

test('a probe is possible where nothing may be spent any more, and is charged to no budget', async () => {
  const probe = await probeModel(depsWith(limitsOf({ installation: perDay(0) })), name)
  expect(probe).toMatchObject({ tried: [{ format: 'json_schema', result: 'kept' }], calls: 2 })
  expect(await budgetsOf(db)).toEqual([])
})

test('a provider that may be asked seldom is waited for', async () => {
  const probe = await probeModel(depsWith(limitsOf(), { turns: 25, units: null }), name)
  expect(probe).toMatchObject({ tried: [{ format: 'json_schema', result: 'kept' }], calls: 2 })
})

test('what the process remembers of formats is where a probe begins, and stays as it is', async () => {
  const deps = depsWith()
  deps.model.formats.set(name, 'prompt')
  expect(await probeModel(deps, name)).toMatchObject({ tried: [{ format: 'prompt', result: 'kept' }] })
  expect([...deps.model.formats]).toEqual([[name, 'prompt']])
})

test('a server that never answers is given up in time', async () => {
  sandbox.admin.fault({ kind: 'hang' })
  await expect(probeModel(depsWith(), name, { patienceMs: 200 })).rejects.toMatchObject({ code: 'model.unreachable' })
})
