import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { runCells, runPushes } from '../../../src/sync/index.ts'
import { backfill } from '../../support/backfills.ts'
import { call } from '../../support/conversations.ts'
import { forgetProvider } from '../../support/forget-provider.ts'
import { ask, goal, plan } from '../../support/items.ts'
import { useRules } from '../../support/mappings.ts'
import { pushWhile } from '../../support/pushes.ts'
import { addContact, longTextField, rowsWritten, textField } from '../../support/records.ts'
import { limitsOf, perDay } from '../../support/spender.ts'
import { createWorld } from '../../support/world.ts'

const world = await createWorld({ AFTERWORD_LOG_LEVEL: 'silent' })
const { db, useCases, actor, model, models } = world
world.hubspot.defineProperties([longTextField('customer_goal'), textField('plan_wanted')])
await useRules(world, { from: 'goal', to: 'customer_goal', mode: 'merge' }, { from: 'plan', to: 'plan_wanted' })
await ask(world, goal(20), plan)
model.pace.backoffMs = 1
const ofMerge = { match: '--- texts' }

beforeEach(() => {
  model.limits = limitsOf()
  models.admin.reset()
})

let contacts = 0

/** A number that nobody has had. */
function newNumber(): string {
  contacts += 1
  return `+1212555${1000 + contacts}`
}

/** A contact with two calls, each with a goal, the first of them pushed; in the second a plan is asked for. */
async function twoCalls() {
  const number = newNumber()
  const id = await addContact(world, { properties: { phone: number } })
  const [first, second] = [`${number} first`, `${number} second`]
  await world.take(
    call({ id: first, at: '2025-02-10T10:00:00Z', number, turns: [`My goal is house ${number.slice(-4)}.`] }),
    call({
      id: second,
      at: '2025-03-10T10:00:00Z',
      number,
      turns: ['My goal is a garden.', 'Sure.', 'I want the Pro plan.'],
    }),
  )
  await world.rerun(first)
  return {
    id,
    first,
    second,
    number,
    goal: `My goal is house ${number.slice(-4)}`,
    merged: `My goal is house ${number.slice(-4)}\nMy goal is a garden`,
  }
}

function heldBy(id: string) {
  const { customer_goal, plan_wanted } = world.held(id)
  return { customer_goal, plan_wanted }
}

async function why(contact: string, field = 'customer_goal') {
  const { records } = await useCases.explainField({ contact, field })
  return records[0]
}

async function decisionsOf(runId: number) {
  const cells = await runCells(db, runId)
  return Object.fromEntries(cells.map(({ field, decision }) => [field, decision]))
}

async function mergesOf(runId: number) {
  const asked = db.selectFrom('attempts').selectAll().where('run_id', '=', runId).where('purpose', '=', 'merge')
  return asked.orderBy('id').execute()
}

async function waits(): Promise<number[]> {
  const rows = await db
    .selectFrom('marks')
    .select(sql<number>`extract(epoch from not_before - now())`.as('s'))
    .execute()
  return rows.map(({ s }) => Math.round(Number(s)))
}

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

describe('trouble that passes', () => {
  test.each([
    ['a rate limit', { kind: 'status', status: 429, retryAfterSeconds: 90 }, 90, 'slow down'],
    ['an account out of credit', { kind: 'insufficient_quota' }, 300, 'no credit'],
    ['a server that fails', { kind: 'status', status: 503, times: 4 }, 60, 'http_503'],
    ['a request that is rejected', { kind: 'status', status: 422 }, 300, 'does not accept the request'],
    ['an answer that is cut', { kind: 'truncate' }, 3_600, 'truncated'],
    ['an answer that is no JSON', { kind: 'invalid_json' }, 3_600, 'invalid'],
  ] as const)('%s holds the cell alone: the others are written, and it is, later', async (_, fault, delay, reason) => {
    const { id, number, goal, second, merged } = await twoCalls()
    models.admin.fault({ ...fault, ...ofMerge })
    const { runId } = await world.rerun(second)
    expect(heldBy(id)).toEqual({ customer_goal: goal, plan_wanted: 'Pro' })
    expect(await decisionsOf(runId)).toMatchObject({
      customer_goal: { decision: 'held', why: expect.stringContaining(reason) },
      plan_wanted: { decision: 'write' },
    })
    expect(await why(number)).toMatchObject({ value: null, merged: { text: null } })
    const [wait = 0, ...others] = await waits()
    expect(others).toEqual([])
    expect(Math.abs(wait - delay)).toBeLessThan(15)

    const rows = rowsWritten(world)
    await forgetProvider(world)
    await world.push()
    expect(heldBy(id)).toEqual({ customer_goal: merged, plan_wanted: 'Pro' })
    expect(rowsWritten(world)).toBe(rows + 1)
    expect(await decisionsOf(runId)).toMatchObject({
      customer_goal: { decision: 'write' },
      plan_wanted: { decision: 'write' },
    })
    expect(await waits()).toEqual([])
  })

  test('what is said while a cell is held is pushed at once, and the cell with it', async () => {
    const { id, second, number, merged } = await twoCalls()
    const third = `${number} third`
    await world.take(call({ id: third, at: '2025-04-10T10:00:00Z', number, turns: ['My goal is a bench.'] }))
    await useCases.rerunConversation({ conversationId: second, actor, reason: 'test' })
    models.admin.fault({ kind: 'truncate', ...ofMerge })
    const before = () => useCases.rerunConversation({ conversationId: third, actor, reason: 'test' })
    await pushWhile(world, { before })
    expect(heldBy(id)).toEqual({ customer_goal: `${merged}\nMy goal is a bench`, plan_wanted: 'Pro' })
    expect(await waits()).toEqual([])
  })

  test('a provider that fails is not asked for the other records of the push', async () => {
    const numbers = Array.from({ length: 12 }, newNumber)
    const ids = world.account.createContacts(numbers.map((phone) => ({ properties: { phone } })))
    await world.importCrm()
    const calls = numbers.flatMap((number) => [
      call({ id: `${number} 1`, at: '2025-02-10T10:00:00Z', number, turns: [`My goal is house ${number.slice(-4)}.`] }),
      call({ id: `${number} 2`, at: '2025-03-10T10:00:00Z', number, turns: ['My goal is a garden.'] }),
    ])
    await world.take(...calls)
    models.admin.reset()
    models.admin.fault({ kind: 'insufficient_quota', times: 100, ...ofMerge })
    await backfill(world, ...numbers.flatMap((number) => [`${number} 1`, `${number} 2`]))
    expect(models.admin.state().outcomes.insufficient_quota).toBeLessThanOrEqual(8)
    models.admin.reset()
    await forgetProvider(world)
    await world.push()
    expect(ids.map((id) => heldBy(id).customer_goal)).toEqual(
      numbers.map((number) => `My goal is house ${number.slice(-4)}\nMy goal is a garden`),
    )
  })

  test('a provider that has recovered is asked again by the same pusher', async () => {
    const [held, since] = [await twoCalls(), await twoCalls()]
    models.admin.fault({ kind: 'status', status: 503, times: 4, ...ofMerge })
    const rerun = (conversationId: string) => useCases.rerunConversation({ conversationId, actor, reason: 'test' })
    await rerun(held.second)
    let passedMs = 0
    const before = async () => {
      if (passedMs > 0) return
      passedMs = 61_000
      await rerun(since.second)
    }
    await pushWhile(world, { before }, () => new Date(Date.now() + passedMs))
    expect([heldBy(held.id), heldBy(since.id)]).toEqual([
      { customer_goal: held.goal, plan_wanted: 'Pro' },
      { customer_goal: since.merged, plan_wanted: 'Pro' },
    ])
    await world.push()
    expect(heldBy(held.id).customer_goal).toBe(held.merged)
  })

  test('over a spending limit the cell is held and reported, and written once the limit is raised', async () => {
    const { id, second, merged } = await twoCalls()
    const { runId } = await useCases.rerunConversation({ conversationId: second, actor, reason: 'test' })
    model.limits = limitsOf({ installation: perDay(0.000_001) })
    await world.push()
    expect(heldBy(id)).toMatchObject({ plan_wanted: 'Pro' })
    expect(await decisionsOf(runId)).toMatchObject({
      customer_goal: { decision: 'held', why: expect.stringContaining('installation may spend') },
    })
    expect(await runPushes(db, runId)).toMatchObject({ decisions: { held: 1, write: 1 }, waiting: 1 })
    expect(await mergesOf(runId)).toEqual([])

    model.limits = limitsOf()
    await world.push()
    expect(heldBy(id)).toEqual({ customer_goal: merged, plan_wanted: 'Pro' })
    expect(await runPushes(db, runId)).toMatchObject({ decisions: { write: 2 }, waiting: 0 })
  })
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
