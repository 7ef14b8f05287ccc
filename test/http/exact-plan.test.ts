import { expect, test } from 'vitest'
import { workOn } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorld } from '../support/world.ts'
import { openAppOn } from './open-app.ts'

const world = await createWorld()
const { call: request } = await openAppOn(world)
const filter = { agent: 'agent_1' }

world.hubspot.defineProperties([textField('plan_wanted')])
await ask(world, plan)
await useRules(world)
for (const number of ['+12125550261', '+12125550262']) {
  await addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' })
  await world.take(call({ id: number, at: '2025-04-10T10:00:00Z', number, turns: ['I want the Pro plan.'] }))
  await world.rerun(number)
}
await useRules(world, { from: 'plan', to: 'plan_wanted' })

async function json(method: string, path: string, body?: unknown) {
  const answer = await request(method, path, body)
  return { status: answer.status, ...Object(await answer.json()) }
}

test('a plan of mappings only is told page by page', async () => {
  const body = { filter, reason: 'new rule', mapping_only: true, fields: ['plan_wanted'] }
  const made = await json('POST', '/v1/backfills', body)
  expect(made).toMatchObject({ status: 201, kind: 'mapping', fields: ['plan_wanted'], estimate: { not_analysed: 0 } })
  const first = await json('GET', `/v1/backfills/${made.id}/plan?limit=1`)
  expect(first).toMatchObject({
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    changes: 2,
    decisions: { main: { write: 2 } },
    items: [{ match: ['number'], cells: [{ field: 'plan_wanted', before: null, after: 'Pro', decision: 'write' }] }],
  })
  const second = await json('GET', `/v1/backfills/${made.id}/plan?limit=1&after=${first.next}`)
  expect(second.items).toHaveLength(1)
  expect(second.items[0].record).not.toBe(first.items[0].record)
})

test('is refused without mapping_only, is none of a backfill that asks the model, and can be made again', async () => {
  expect(await json('POST', '/v1/backfills', { filter, reason: 'x', fields: ['plan_wanted'] })).toMatchObject({
    status: 400,
  })
  const estimated = await json('POST', '/v1/backfills', { filter, reason: 'x' })
  expect(await json('GET', `/v1/backfills/${estimated.id}/plan`)).toMatchObject({
    status: 404,
    error: { code: 'backfill.no_plan' },
  })
  expect(await json('GET', `/v1/backfills/${estimated.id}/changes`)).toMatchObject({
    status: 200,
    compared: 0,
    items: [],
  })
  expect(await json('POST', '/v1/backfills/1/replan')).toMatchObject({ status: 201, kind: 'mapping', state: 'planned' })
})

test('an undo is planned and reported, page by page', async () => {
  await json('POST', '/v1/backfills/1/start')
  await workOn(world, 1)
  await world.push()
  const planned = await json('POST', '/v1/backfills/1/undo', { plan: true })
  expect(planned).toMatchObject({ next: null, items: [{ before: 'Pro', after: null, decision: 'retract' }, {}] })
  const undone = await json('POST', '/v1/backfills/1/undo')
  await world.push()
  const first = await json('GET', `/v1/runs/${undone.run_id}/cells?limit=1`)
  expect(first).toMatchObject({
    run: { kind: 'undo', waiting: 0, decisions: { retract: 2 } },
    items: [planned.items[0]],
  })
  const second = await json('GET', `/v1/runs/${undone.run_id}/cells?limit=2&after=${encodeURIComponent(first.next)}`)
  expect(second).toMatchObject({ items: [planned.items[1]], next: null })
  const beyond = `/v1/runs/${undone.run_id}/cells?after=${'9'.repeat(20)}/x`
  expect(await json('GET', beyond)).toMatchObject({ status: 400, error: { message: expect.stringContaining('after') } })
  expect(await json('GET', '/v1/runs/999999/cells')).toMatchObject({ status: 404 })
  expect(await json('POST', `/v1/backfills/1/undo`, { plan: true })).toMatchObject({ status: 409 })
})
