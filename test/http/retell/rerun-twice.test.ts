import Retell from 'retell-sdk'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { call as callOf } from '../../support/conversations.ts'
import { ask, goal } from '../../support/items.ts'
import { startAfterword } from '../../support/start-afterword.ts'
import { openSdk } from './open-sdk.ts'

const sdk = await openSdk()
const { client, take, db, models, call: request, key, environment } = sdk

/** Another prompt each time, so that nothing stored answers. */
let words = 1
const turns = ['I want the Pro plan.', 'Good.', 'My goal is a quiet office.']

beforeAll(() => take(...['a', 'b'].map((id) => callOf({ id, at: '2025-04-10T10:00:00Z', turns }))))

beforeEach(async () => {
  models.admin.reset()
  models.admin.set({ latencyMs: 400 })
  words += 1
  await ask(sdk, goal(words))
})

const runsOf = async (kind: 'rerun') =>
  (await db.selectFrom('runs').select('id').where('kind', '=', kind).execute()).map((run) => run.id)
const attempts = () => db.selectFrom('attempts').selectAll().orderBy('id').execute()
const rerunsUnderWay = () => db.selectFrom('reruns').select('holder').where('state', '=', 'running').execute()

async function eventually(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 20))
}

test('the same rerun twice at one moment is one run, charged once, and both are answered with it', async () => {
  const [before, runs] = [await attempts(), await runsOf('rerun')]
  const answers = await Promise.all(Array.from({ length: 5 }, () => client.call.rerunAnalysis('a')))
  for (const answer of answers) expect(answer).toEqual(answers[0])
  expect((await attempts()).length - before.length).toBe(1)
  expect((await runsOf('rerun')).length - runs.length).toBe(1)
  const joined = db.selectFrom('audit_entries').select('run_id').where('action', '=', 'rerun.joined')
  expect(await joined.execute()).toHaveLength(4)
  // One after the other: a run of its own, which a stored analysis answers.
  await client.call.rerunAnalysis('a')
  expect((await attempts()).length - before.length).toBe(1)
  expect((await runsOf('rerun')).length - runs.length).toBe(2)
})

test('other conversations wait for nobody; a preview and a rerun are charged once, and each does what it is for', async () => {
  const path = '/v1/conversations/a/rerun'
  const before = await attempts()
  const preview = request('POST', path, { preview: true })
  await eventually(async () => (await rerunsUnderWay()).length === 1)
  const [rerun, other] = await Promise.all([request('POST', path), client.call.rerunAnalysis('b')])
  const [previewed, kept] = [Object(await (await preview).json()), Object(await rerun.json())]
  expect(other).toMatchObject({ call_id: 'b' })
  expect((await attempts()).length - before.length).toBe(2)
  expect(previewed).toMatchObject({ outcome: 'ok', cached: false })
  expect(kept).toMatchObject({ outcome: 'ok', cached: true, analysis_number: previewed.analysis_number })
  expect(kept.run_id).not.toBe(previewed.run_id)
})

test('whoever joins is refused with the first', async () => {
  models.admin.fault({ kind: 'status', status: 401 })
  const answers = await Promise.allSettled([client.call.rerunAnalysis('a'), client.call.rerunAnalysis('a')])
  for (const answer of answers) expect(answer).toMatchObject({ status: 'rejected' })
  expect(await rerunsUnderWay()).toEqual([])
  models.admin.reset()
  expect(await client.call.rerunAnalysis('a')).toMatchObject({ call_id: 'a' })
})

test('in another process too; where the first one dies, the second goes on under its run', async () => {
  const settings = { ...environment, AFTERWORD_PORT: '0', AFTERWORD_ROLES: 'web' }
  const service = startAfterword('serve', settings, afterAll)
  const there = new Retell({ apiKey: key, baseURL: await service.url, maxRetries: 0, logLevel: 'off' })
  const before = await attempts()
  const first = there.call.rerunAnalysis('a')
  await eventually(async () => (await rerunsUnderWay()).length === 1)
  const second = await client.call.rerunAnalysis('a')
  expect(await first).toEqual(second)
  expect((await attempts()).length - before.length).toBe(1)

  words += 1
  await ask(sdk, goal(words))
  models.admin.set({ latencyMs: 1_500 })
  const runs = await runsOf('rerun')
  const lost = there.call.rerunAnalysis('b').catch(() => 'lost')
  await eventually(async () => (await attempts()).some(({ state }) => state === 'started'))
  const heir = client.call.rerunAnalysis('b')
  await service.kill()
  models.admin.set({ latencyMs: 0 })
  // As if so much time had passed.
  await db
    .updateTable('reruns')
    .set({ held_until: new Date(0) })
    .where('state', '=', 'running')
    .execute()
  expect(await heir).toMatchObject({
    call_id: 'b',
    call_analysis: { custom_analysis_data: { goal: expect.any(String) } },
  })
  expect(await lost).toBe('lost')
  expect((await runsOf('rerun')).length - runs.length).toBe(1)
  expect(await rerunsUnderWay()).toEqual([])
})
