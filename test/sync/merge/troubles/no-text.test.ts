import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { backfill } from '../../../support/backfills.ts'
import { call } from '../../../support/conversations.ts'
import { addContact } from '../../../support/records.ts'
import { openStage } from './stage.ts'

const { world, db, models, ofMerge, newNumber, twoCalls, heldBy, why, mergesOf } = await openStage()

test('a single value on an empty field costs no call', async () => {
  const { id, goal } = await twoCalls()
  expect(heldBy(id)).toEqual({ customer_goal: goal, plan_wanted: undefined })
  expect(models.admin.state().requests).toBe(1)
})

test('why shows the text, the stretch that it covers, and that a model made it; the run that said it last pays', async () => {
  const { id, first, second, number, merged } = await twoCalls()
  const { runId } = await world.rerun(second)
  expect(heldBy(id)).toEqual({ customer_goal: merged, plan_wanted: 'Pro' })
  expect(await why(number)).toMatchObject({
    value: merged,
    merged: { text: merged, isFallback: false, conversations: [first, second] },
    timeline: [{ decides: false }, { who: second, decides: true, decision: { decision: 'write', by: second } }],
  })
  expect(await mergesOf(runId)).toMatchObject([{ outcome: 'ok', state: 'ended', cost_usd: expect.any(Number) }])
})

describe('a model that gives no text', () => {
  test.each([
    ['refuses', 'refuse'],
    ['filters', 'filter'],
    ['says nothing', 'empty_content'],
    ['answers without a choice', 'empty'],
    ['answers blank text', 'blank'],
  ] as const)('and %s: both texts stand there, a blank line between them, marked for good', async (_, kind) => {
    const { id, second, number, goal } = await twoCalls()
    models.admin.fault({ kind, ...ofMerge })
    const { runId } = await world.rerun(second)
    const both = `${goal}\n\nMy goal is a garden`
    expect(heldBy(id).customer_goal).toBe(both)
    expect(await why(number)).toMatchObject({ merged: { text: both, isFallback: true } })
    await world.rerun(second)
    expect(heldBy(id).customer_goal).toBe(both)
    expect(await mergesOf(runId)).toHaveLength(1)
  })
})

test('a worker that dies between the answer and storing it pays twice at worst, for one text', async () => {
  const { id, second, merged } = await twoCalls()
  await sql`create function refuse_merge() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`.execute(
    db,
  )
  await sql`create trigger refuse_merge before insert on merges execute function refuse_merge()`.execute(db)
  await expect(world.rerun(second)).rejects.toThrow('killed')
  await sql`drop trigger refuse_merge on merges`.execute(db)
  await world.push()
  expect(heldBy(id)).toEqual({ customer_goal: merged, plan_wanted: 'Pro' })
  const texts = await db.selectFrom('merges').select('text').where('text', '=', merged).execute()
  expect(texts).toHaveLength(1)
})

test('a text that is longer than the field is cut to it', async () => {
  const number = newNumber()
  const properties = { phone: number, customer_goal: 'x'.repeat(65_530) }
  const id = await addContact(world, { properties, at: '2025-01-15T09:00:00Z' })
  await world.take(call({ id: number, at: '2025-02-10T10:00:00Z', number, turns: ['My goal is a garden.'] }))
  await world.rerun(number)
  expect(heldBy(id).customer_goal).toBe(`${properties.customer_goal}\nMy g…`)
})

test('more than fifty conversations are merged in blocks, and one more asks for one merge more', async () => {
  const number = newNumber()
  const id = await addContact(world, { properties: { phone: number } })
  const calls = Array.from({ length: 53 }, (_, n) => ({
    id: `${number} ${n}`,
    at: new Date(Date.parse('2025-02-10T10:00:00Z') + n * 3_600_000).toISOString(),
    number,
    turns: [`My goal is house ${n + 100}.`],
  }))
  await world.take(...calls.map(call))
  models.admin.reset()
  await backfill(world, ...calls.slice(0, 52).map((each) => each.id))
  expect(heldBy(id).customer_goal?.split('\n')).toHaveLength(52)
  expect(models.admin.state().requests).toBe(52 + 2)
  await world.rerun(`${number} 52`)
  expect(heldBy(id).customer_goal?.split('\n')).toHaveLength(53)
  expect(models.admin.state().requests).toBe(52 + 2 + 2)
  expect((await why(number))?.merged?.conversations).toHaveLength(53)
})
