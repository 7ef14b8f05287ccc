import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { activateSchedules, loadScheduleFolders } from '../../src/backfill/index.ts'
import { parseConfig } from '../../src/config.ts'
import { saveStop } from '../../src/crm/stops/store.ts'
import { pauseProvider } from '../../src/limits/turns/provider-pause.ts'
import { createLog } from '../../src/log.ts'
import { doctor, kinds } from '../../src/main/index.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
const { environment, db, model } = world

async function spendingWith(settings: Record<string, string>) {
  const checks = await doctor(parseConfig({ ...environment, ...settings }, kinds), createLog('error'))
  return checks.find(({ name }) => name === 'spending')
}

test('doctor says which limits there are, and that one cannot be kept without a price', async () => {
  expect(await spendingWith({})).toEqual({ name: 'spending', isRight: true, detail: 'no limits' })
  expect(await spendingWith({ AFTERWORD_USD_PER_DAY: '5', AFTERWORD_TRIGGER_USD_PER_MONTH: '20' })).toEqual({
    name: 'spending',
    isRight: true,
    detail: 'installation: $5.00 of $5.00 a day left; trigger:main: $20.00 of $20.00 a month left',
  })
  expect(await spendingWith({ AFTERWORD_USD_PER_DAY: '5', AFTERWORD_MODELS: '*=llama-4' })).toMatchObject({
    isRight: false,
    detail: expect.stringContaining('no price is known of llama-4'),
  })
})

async function checksWith(settings: Record<string, string>) {
  return doctor(parseConfig({ ...environment, ...settings }, kinds), createLog('error'))
}

test('doctor says of which day the prices are, and what is wrong with a file of the operator’s', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'afterword-prices-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = path.join(folder, 'prices.json')
  const of = async (content: object) => {
    await writeFile(file, JSON.stringify(content))
    const checks = await checksWith({
      AFTERWORD_PRICES: file,
      AFTERWORD_USD_PER_DAY: '5',
      AFTERWORD_MODELS: '*=llama-4',
    })
    return Object.fromEntries(checks.map((check) => [check.name, check]))
  }
  const price = { input: 1, cached: 1, cache_write: null, output: 1 }
  expect(await of({ as_of: '2027-01-02', models: { 'llama-4': { usd_per_million: price } } })).toMatchObject({
    prices: { isRight: true, detail: `of 2026-11-21; ${file}: llama-4 of 2027-01-02` },
    spending: { isRight: true },
  })
  expect((await of({ as_of: '2027-01-02', models: { 'llama-4': { price } } })).prices).toMatchObject({
    isRight: false,
    detail: expect.stringContaining('models.llama-4.price: is no key of this file'),
  })
})

test('doctor says where the file of a backfill that repeats is wrong, and what became of one that did not start', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'afterword-backfills-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const repeating = async () => {
    const checks = await checksWith({ AFTERWORD_BACKFILLS: folder })
    return checks.filter(({ name }) => /repeat|last run/.test(name))
  }
  const file = path.join(folder, 'nightly.yaml')
  await writeFile(
    file,
    'name: nightly\nreason: test\nevery: day at 02:30\nfilter: { call_id: nobody }\nmapping_only: true\n',
  )
  const right = { name: 'backfills that repeat', isRight: true, detail: file }
  expect(await repeating()).toEqual([right])
  await activateSchedules({ db, now: world.now }, await loadScheduleFolders([folder]), world.actor)
  await world.useCases.runSchedule({ name: 'nightly', actor: world.actor })
  const failed = { name: 'last run of nightly', isRight: false, detail: 'failed: no mapping file is active' }
  expect(await repeating()).toEqual([right, failed])
  await writeFile(file, 'name: nightly\n')
  expect((await repeating())[0]).toMatchObject({
    isRight: false,
    detail: expect.stringContaining(`${file}:1:1  "reason" is missing`),
  })
})

test('doctor names the models that are shut down, and for which agents they answer', async () => {
  await world.useCases.saveDraft({ agentId: 'agent_1', kind: 'call', body: {}, actor: world.actor })
  const shutdowns = async (models: string) =>
    (await checksWith({ AFTERWORD_MODELS: models })).filter(({ name }) => name === 'model shutdown')
  expect(await shutdowns('*=gpt-6-luna')).toEqual([])
  expect(await shutdowns('*=gpt-6-luna,gpt-4.1=gpt-3.5-turbo')).toMatchObject([
    {
      isRight: false,
      detail: expect.stringMatching(
        /^gpt-3\.5-turbo, which answers for gpt-4\.1 of 1 agent, was shut down on 2026-10-23/,
      ),
    },
  ])
})

test('doctor says that the provider is out of credit, since when, and when it is asked again', async () => {
  const credit = async () => {
    const checks = await doctor(parseConfig(environment, kinds), createLog('error'))
    return checks.find(({ name }) => name === 'provider credit')
  }
  expect(await credit()).toEqual({ name: 'provider credit', isRight: true, detail: 'not refused' })
  await pauseProvider({ db }, model.pacer.provider, { why: 'no credit left', probe: null })
  expect(await credit()).toMatchObject({
    isRight: false,
    detail: expect.stringMatching(
      /^no credit left, since 20.+: nothing is asked until 20.+; afterword rerun asks at once$/,
    ),
  })
  // Credit was bought: the calls of this very run find that out.
  await db
    .updateTable('provider_pauses')
    .set({ asked_at: new Date(Date.now() - 60_000) })
    .execute()
  expect(await credit()).toEqual({ name: 'provider credit', isRight: true, detail: 'not refused' })
})

test('doctor says what of a connection stands still, and the command that has it go on', async () => {
  for (const work of ['push', 'import'] as const)
    await saveStop(db, { connection: 'main', work, code: 'crm.credentials', why: 'refused in a test' })
  const checks = (await checksWith({})).filter(({ name }) => name.endsWith(' of main'))
  expect(checks).toEqual([
    {
      name: 'import of main',
      isRight: false,
      detail: expect.stringMatching(/: refused in a test; asked again by the next import after 20.+ crm import main$/),
    },
    {
      name: 'push of main',
      isRight: false,
      detail: expect.stringMatching(/: refused in a test; asked again at 20.+, at once by afterword push main$/),
    },
  ])
})
