import { beforeAll, expect, test } from 'vitest'
import { performRerun } from '../../src/analysis/index.ts'
import { openCli } from '../cli/open-cli.ts'
import { call as callOf } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { mappingFor } from '../support/mappings.ts'
import { textField } from '../support/records.ts'
import { createWorld } from '../support/world.ts'
import { openAppOn } from './open-app.ts'

const world = await createWorld()
const { db, models, next, model, useCases, actor, hubspot } = world
const { call } = await openAppOn(world)
const { run } = openCli(world)
const requests = () => models.admin.state().requests
const number = '+14155550131'

beforeAll(async () => {
  hubspot.defineProperties([textField('plan'), textField('goal')])
  hubspot.createContacts([{ properties: { phone: number } }])
  const rules = ['plan', 'goal'].map((name) => ({ from: name, to: name }))
  await world.useMapping(mappingFor(world.account, rules))
  await world.importCrm()
  const turns = ['I want the Pro plan.', 'Good.', 'My goal is a quiet office.']
  const ids = ['one', 'two', 'three', 'four', 'five']
  await world.take(...ids.map((id) => callOf({ id, number, at: '2025-04-10T10:00:00Z', turns })))
  await ask(world, plan, goal(2))
})

const post = async (path: string, body: object) => {
  const answer = await call('POST', path, body)
  return { status: answer.status, body: Object(await answer.json()) }
}
const rerun = (id: string, body: object = {}) => post(`/v1/conversations/${id}/rerun`, body)
/** What a worker does. */
const work = async () => {
  const waiting = await db.selectFrom('reruns').select('id').where('state', '=', 'waiting').execute()
  for (const { id } of waiting) await performRerun({ db, model, next, now: () => new Date() }, id)
}

test('a rerun that counts tells what the push will write, and then what it wrote', async () => {
  const { status, body } = await rerun('one')
  expect(status).toBe(201)
  const cell = (field: string, after: string) => ({ field, before: null, after, decision: 'write' })
  const cells = [cell('goal', 'My goal'), cell('plan', 'Pro')]
  expect(body).toMatchObject({ outcome: 'ok', waiting: true })
  expect(
    body.cells.toSorted((a: { field: string }, b: { field: string }) => (a.field < b.field ? -1 : 1)),
  ).toMatchObject(cells)
  await world.push()
  const told = await useCases.correctionCells({ conversationId: 'one', runId: body.run_id })
  expect(told.waiting).toBe(false)
  expect(told.cells.find(({ field }) => field === 'plan')).toMatchObject({
    after: 'Pro',
    decision: { decision: 'write' },
  })
})

test('of some fields only those are asked for, and the others stay, each with the analysis that found it', async () => {
  await ask(world, { ...plan, choices: ['Basic', 'Team'] }, goal(3))
  const { body } = await rerun('one', { fields: ['goal'] })
  const whole = {
    goal: { value: 'My goal is', status: 'found' },
    plan: { value: 'Pro', status: 'found', analysis: 1 },
    call_summary: { status: 'found', analysis: 1 },
  }
  expect(body).toMatchObject({ analysis_number: 2, cached: false, fields: whole })
  expect(body.fields.goal).not.toHaveProperty('analysis')
  const [current] = Object(await (await call('GET', '/v1/conversations/one/analyses')).json()).items.slice(-1)
  expect(current).toMatchObject({ current: true, fields: whole })
  const sent = requests()
  expect((await rerun('one', { fields: ['goal'] })).body).toMatchObject({ analysis_number: 2, cached: true })
  expect(requests()).toBe(sent)

  await ask(world, { ...plan, choices: ['Basic', 'Team'] }, goal(4))
  const carried = (await rerun('one', { fields: ['goal'], preview: true })).body
  expect(carried).toMatchObject({
    analysis_number: 3,
    fields: { goal: { value: 'My goal is a' }, plan: { analysis: 1 } },
  })
  const shown = await run('rerun', 'one', '--fields', 'goal')
  expect(shown).toMatchObject({ code: 0, out: expect.stringContaining('My goal is a') })
})

test('a success that was denied for a required item is asked for again with it', async () => {
  await ask(world, { ...plan, required: true, choices: ['Gold'] }, goal(2))
  const denied = (await rerun('two')).body.fields.call_successful
  expect(denied).toMatchObject({ value: false, reason: 'required_missing: plan' })
  await ask(world, { ...plan, required: true }, goal(2))
  const { fields } = (await rerun('two', { fields: ['plan'] })).body
  expect(fields.plan.value).toBe('Pro')
  expect(fields.call_successful).not.toHaveProperty('reason')
})

test.each([
  ['one', { fields: ['gaol'] }, 422, 'rerun.unknown_field', /goal/],
  ['three', { fields: ['goal'] }, 409, 'rerun.nothing_to_carry', /rerun all of it/],
  ['one', { fields: [] }, 400, 'request.invalid', /fields/],
  ['one', { wait: false, preview: true }, 400, 'request.invalid', /^wait: /],
])('%s: %j is %i', async (id, body, status, code, message) => {
  const before = requests()
  const refused = await rerun(id, body)
  expect(refused).toMatchObject({ status, body: { error: { code, message: expect.stringMatching(message) } } })
  expect(requests()).toBe(before)
})

test('several at once are one run that the workers do, and it tells how each stands', async () => {
  const ids = ['three', 'four', 'three']
  const asked = await post('/v1/reruns', { conversation_ids: ids, reason: 'new prompt' })
  expect(asked).toMatchObject({ status: 202, body: { conversation_ids: ['three', 'four'] } })
  const read = async () => Object(await (await call('GET', asked.body.status)).json())
  expect(await read()).toMatchObject({ state: 'waiting', items: [{ state: 'waiting', outcome: null }, {}], cells: [] })
  await work()
  await world.push()
  const done = { state: 'ended', outcome: 'ok', analysis_number: 1, cached: false, error: null }
  expect(await read()).toMatchObject({
    run_id: asked.body.run_id,
    state: 'ended',
    items: [
      { conversation_id: 'three', ...done },
      { conversation_id: 'four', ...done },
    ],
    cells: expect.arrayContaining([expect.objectContaining({ field: 'plan', after: 'Pro' })]),
  })
  expect(await useCases.currentAnalysis('four')).toMatchObject({ runId: asked.body.run_id, number: 1 })
  await work()
  expect((await useCases.listAnalyses('four')).length).toBe(1)
})

test('one that cannot be done says why, and one whose run was undone is not done', async () => {
  const asked = await rerun('five', { wait: false, fields: ['goal'] })
  expect(asked.status).toBe(202)
  await work()
  const { items } = Object(await (await call('GET', asked.body.status)).json())
  expect(items).toMatchObject([{ state: 'ended', outcome: null, error: { code: 'rerun.nothing_to_carry' } }])

  const { out } = await run('rerun', 'five', 'four', '--reason', 'both')
  const [, runId = ''] = /as run (\d+)/.exec(out) ?? []
  expect((await run('reruns', runId)).out).toBe('five: waiting\nfour: waiting')
  await useCases.undoRun({ runId: Number(runId), actor, reason: 'changed my mind' })
  await work()
  expect((await run('reruns', runId)).out).toContain('five: rerun.undone')
})

test('what has ended long ago is forgotten, so that nothing grows with every rerun', async () => {
  const first = await rerun('four', { wait: false })
  await work()
  await db
    .updateTable('reruns')
    .set({ ended_at: new Date(Date.now() - 2 * 86_400_000) })
    .where('state', '=', 'ended')
    .execute()
  expect((await call('GET', first.body.status)).status).toBe(200)
  await rerun('four', { wait: false })
  expect((await call('GET', first.body.status)).status).toBe(404)
  const left = await db.selectFrom('reruns').select('state').where('conversation_id', '=', 'four').execute()
  expect(left).toEqual([{ state: 'waiting' }])
})

test('what is not there, or too much, is refused before any is rerun', async () => {
  const missing = await post('/v1/reruns', { conversation_ids: ['one', 'nobody', 'none'] })
  expect(missing).toMatchObject({ status: 404, body: { error: { message: expect.stringContaining('nobody, none') } } })
  const ids = Array.from({ length: 101 }, (_, n) => `call_${n}`)
  expect(await post('/v1/reruns', { conversation_ids: ids })).toMatchObject({ status: 422 })
  expect((await call('GET', '/v1/reruns/999999')).status).toBe(404)
  expect(await run('rerun', 'one', 'two', '--preview')).toMatchObject({
    code: 1,
    err: expect.stringContaining('one conversation'),
  })
})
