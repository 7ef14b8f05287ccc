import { beforeEach, describe, expect, test, vi } from 'vitest'
import { type PlanInput, runStep } from '../../src/backfill/index.ts'
import { openCli } from '../cli/open-cli.ts'
import { workOn } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { createPlanWorld } from '../support/plan-world.ts'
import { addContact } from '../support/records.ts'

const world = await createPlanWorld()
const { db, useCases, actor } = world
const { admin } = world.models
const { run } = openCli(world)

/** Ten contacts with a call each; three of them name a plan that a careless prompt takes for another, or for none. */
const numbers = Array.from({ length: 10 }, (_, place) => `+1212555010${place}`)
const records: string[] = []
for (const [place, number] of numbers.entries()) {
  records.push(await addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' }))
  const wanted = place < 3 ? 'I want the Team plan, the one with Gold support.' : 'I want the Pro plan.'
  const turns = [wanted, 'Good.', 'My goal is a great office for everybody in Zürich.']
  await world.take(call({ id: number, at: '2025-04-10T10:00:00Z', number, turns }))
}
const before = [...Array(3).fill('Team'), ...Array(7).fill('Pro')]
let edits = 0

beforeEach(async () => {
  admin.reset()
  await edit(plan.choices)
  await whole()
  expect(plans()).toEqual(before)
})

/** A prompt that nobody has asked yet. */
async function edit(choices: string[]) {
  edits += 1
  await ask(world, { ...plan, description: `${plan.description} Edit ${edits}.`, choices }, goal(3))
}

async function begun(canary?: PlanInput['canary']) {
  const input = { filter: { kind: 'any' as const, conditions: [] }, actor, reason: 'test', concurrency: 2 }
  const { id } = await useCases.planBackfill({ ...input, ...(canary && { canary }) })
  await useCases.startBackfill({ id, actor })
  return id
}

async function whole() {
  const id = await begun()
  await workOn(world, id)
  await world.push()
}

async function worked(canary: NonNullable<PlanInput['canary']>) {
  const id = await begun(canary)
  await workOn(world, id)
  await world.push()
  return id
}

const plans = () => records.map((record) => world.held(record).plan_wanted)
const statusOf = (id: number) => useCases.backfillStatus(id)
const writes = () => world.account.count('write').rows

async function auditOf(id: number) {
  const entries = db
    .selectFrom('audit_entries')
    .select(['action', 'actor', 'after'])
    .where('subject_kind', '=', 'backfill')
  return entries.where('subject_id', '=', String(id)).orderBy('id').execute()
}

describe('a prompt that got worse is stopped at the canary, in words, and nothing is written', () => {
  test.each([
    ['flips a field', ['Gold', 'Basic', 'Pro'], undefined, '3 of 5 contacts would change plan (60 %, threshold 10 %)'],
    ['finds nothing any more', ['Basic', 'Pro'], undefined, '3 of 5 contacts would lose plan (60 %, threshold 10 %)'],
    [
      'makes up what was said',
      plan.choices,
      'fabricated_evidence',
      '5 of 5 contacts have goal unverified or invalid (100 %, threshold 10 %)',
    ],
    ['is refused', plan.choices, 'refuse', '5 of 5 contacts could not be analysed (100 %, threshold 10 %)'],
  ] as const)('one that %s', async (_, choices, fault, why) => {
    await edit([...choices])
    if (fault) admin.fault({ kind: fault, times: 50 })
    const written = writes()
    const id = await worked({ contacts: 5, goOn: 'by_itself' })

    const status = await statusOf(id)
    expect(status).toMatchObject({ backfill: { state: 'stopped' }, items: { done: 5, open: 5 }, settled: false })
    expect(status.pushes).toMatchObject({ waiting: 0, recordsWritten: 0 })
    expect(status.backfill.canary?.why).toContain(why)
    expect(plans()).toEqual(before)
    expect(writes()).toBe(written)
    expect(await auditOf(id)).toContainEqual({
      action: 'backfill.stopped',
      actor: 'system:backfill',
      after: { why: expect.stringContaining(why), rates: expect.objectContaining({ contacts: 5 }) },
    })
    const shown = await run('backfill', 'status', String(id))
    expect(shown.out).toContain(`is stopped: 5 of 10 conversations\n  stopped    ${status.backfill.canary?.why}`)
    await useCases.cancelBackfill({ id, actor })
  })
})

describe('a prompt that is as good', () => {
  test('goes on by itself, and everything is done and written', async () => {
    await edit(['Basic', 'Pro', 'Team', 'Max'])
    const id = await worked({ contacts: 5, goOn: 'by_itself' })
    expect(await statusOf(id)).toMatchObject({ backfill: { state: 'done' }, items: { done: 10 }, settled: true })
    expect((await auditOf(id)).map(({ action }) => action)).toEqual([
      'backfill.planned',
      'backfill.canary_passed',
      'backfill.done',
    ])
  })

  test('stops where it was told to ask, and says that nothing is crossed, and that a CRM could not be read', async () => {
    await edit(plan.choices)
    const id = await begun({ contacts: 5 })
    await workOn({ ...world, crms: new Map() }, id)
    const why = expect.stringMatching(/no threshold is crossed.*; what it would write is not planned: .*main/)
    expect((await statusOf(id)).backfill).toMatchObject({ state: 'stopped', planId: null, canary: { why } })
    await useCases.cancelBackfill({ id, actor })
  })

  test('goes on beyond a threshold that was raised for the field', async () => {
    await edit(['Gold', 'Basic', 'Pro'])
    const id = await worked({ contacts: 5, goOn: 'by_itself', fields: { plan: { changed: 0.6 } } })
    expect(await statusOf(id)).toMatchObject({ backfill: { state: 'done' }, settled: true })
    expect(plans()).toEqual([...Array(3).fill('Gold'), ...Array(7).fill('Pro')])
  })
})

describe('a stopped backfill', () => {
  async function stopped() {
    await edit(['Gold', 'Basic', 'Pro'])
    const id = await worked({ contacts: 5, goOn: 'by_itself' })
    expect((await statusOf(id)).backfill.state).toBe('stopped')
    return id
  }

  test('has an exact plan of what the canary would write', async () => {
    const id = await stopped()
    const { plan, rows } = await useCases.readBackfillPlan({ id, most: 100 })
    expect(plan.totals).toMatchObject({ records: 5, changes: 3 })
    expect(rows.flatMap(({ cells }) => cells.filter(({ before, after }) => before !== after))).toEqual(
      Array(3).fill(expect.objectContaining({ field: 'plan_wanted', before: 'Team', after: 'Gold' })),
    )
    expect((await run('backfill', 'plan', '--show', String(id))).out).toMatch(/Team.*Gold/)
    await useCases.cancelBackfill({ id, actor })
  })

  test('goes on when a person lets it: what was held is released, and the rest is done', async () => {
    const id = await stopped()
    await expect(useCases.resumeBackfill({ id, actor })).rejects.toMatchObject({
      code: 'backfill.state',
      message: expect.stringContaining(`afterword backfill go-on ${id}`),
    })
    expect((await run('backfill', 'go-on', String(id))).out).toBe(`backfill ${id}: running`)
    expect((await statusOf(id)).pushes).toMatchObject({ waiting: 5, held: 0 })
    await workOn(world, id)
    await world.push()
    expect(plans()).toEqual([...Array(3).fill('Gold'), ...Array(7).fill('Pro')])
    expect(await statusOf(id)).toMatchObject({ backfill: { state: 'done' }, items: { done: 10 }, settled: true })
    expect(await auditOf(id)).toContainEqual({
      action: 'backfill.went_on',
      actor: 'cli:tester',
      after: { why: expect.stringContaining('would change plan') },
    })
    await expect(useCases.goOnBackfill({ id, actor })).rejects.toMatchObject({ code: 'backfill.state', status: 409 })
  })

  test('is cancelled: what was held is dropped, what counted before still does, and the same prompt is stopped again', async () => {
    const id = await stopped()
    await useCases.cancelBackfill({ id, actor })
    await world.push()
    expect(plans()).toEqual(before)
    expect(await statusOf(id)).toMatchObject({ backfill: { state: 'cancelled' }, pushes: { held: 0 }, settled: true })
    const current = db.selectFrom('analyses').select('fields').where('current', '=', true)
    const values = (await current.execute()).map(({ fields }) => JSON.stringify(fields.plan))
    expect(values.filter((value) => value.includes('"value":"Gold"'))).toEqual([])
    const { requests } = admin.state()
    const again = await worked({ contacts: 5, goOn: 'by_itself' })
    expect(admin.state().requests).toBe(requests)
    expect((await statusOf(again)).backfill).toMatchObject({
      state: 'stopped',
      canary: { why: expect.stringContaining('3 of 5 contacts would change plan') },
    })
    await useCases.cancelBackfill({ id: again, actor })
  })

  test('that is undone does not go on', async () => {
    const id = await stopped()
    await useCases.undoBackfill({ id, actor, reason: 'test' })
    await expect(useCases.goOnBackfill({ id, actor })).rejects.toMatchObject({ code: 'backfill.undone', status: 409 })
    expect((await statusOf(id)).backfill.state).toBe('stopped')
    await useCases.cancelBackfill({ id, actor })
  })
})

describe('in its canary', () => {
  test('a backfill that is paused and resumed releases nothing, and is judged in the end', async () => {
    await edit(['Gold', 'Basic', 'Pro'])
    const id = await begun({ contacts: 5, goOn: 'by_itself' })
    admin.set({ latencyMs: 50 })
    const stopping = new AbortController()
    const work = workOn(world, id, stopping.signal)
    const asked = admin.state().requests
    await vi.waitUntil(() => admin.state().requests > asked, { interval: 5, timeout: 10_000 })
    stopping.abort()
    await work
    admin.set({ latencyMs: 0 })
    await useCases.pauseBackfill({ id, actor })
    await useCases.resumeBackfill({ id, actor })
    expect((await statusOf(id)).pushes).toMatchObject({ waiting: 0 })
    await workOn(world, id)
    expect(await statusOf(id)).toMatchObject({ backfill: { state: 'stopped' }, items: { done: 5 } })
    await useCases.cancelBackfill({ id, actor })
  })

  test('a call in flight while it is cancelled counts for nothing', async () => {
    await edit(['Gold', 'Basic', 'Pro'])
    const id = await begun({ contacts: 5, goOn: 'by_itself' })
    admin.set({ latencyMs: 150 })
    const asked = admin.state().requests
    const step = runStep(
      { ...world, now: () => new Date() },
      { backfillId: id, holder: 'test' },
      new AbortController().signal,
    )
    await vi.waitUntil(() => admin.state().requests > asked, { interval: 5, timeout: 10_000 })
    await useCases.cancelBackfill({ id, actor })
    await step
    admin.set({ latencyMs: 0 })
    const current = await db.selectFrom('analyses').select('fields').where('current', '=', true).execute()
    expect(current.filter(({ fields }) => JSON.stringify(fields.plan).includes('"value":"Gold"'))).toEqual([])
    const held = db.selectFrom('contributions').select('id').where('state', '=', 'held')
    expect(await held.execute()).toEqual([])
  })
})
