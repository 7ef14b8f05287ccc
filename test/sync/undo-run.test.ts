import { describe, expect, test } from 'vitest'
import { startRun } from '../../src/audit/index.ts'
import { transact } from '../../src/db/index.ts'
import { undoRun } from '../../src/sync/index.ts'
import { call } from '../support/conversations.ts'
import { ask, goal } from '../support/items.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
world.hubspot.defineProperties([textField('customer_goal')])
const { db, useCases, actor } = world

/** A call of a contact, both of this test's own. */
async function newCall(number: string) {
  const id = await addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' })
  const turns = ['My goal is a quiet office in town.']
  await world.take(call({ id: number, at: '2025-04-10T10:00:00Z', number, turns }))
  return () => world.held(id).customer_goal
}

/** Reruns the call with a goal of so many words; returns the run. */
async function rerun(id: string, words: number) {
  await ask(world, goal(words))
  return (await world.rerun(id)).runId
}

async function undo(runId: number) {
  const undone = await undoRun(world, { runId, actor, reason: 'test' })
  await world.push()
  return undone.runId
}

async function current(id: string) {
  return (await useCases.currentAnalysis(id))?.number
}

describe('the current analysis', () => {
  test('without any mapping goes back to the run before, and comes again with it', async () => {
    await newCall('+12125550151')
    const first = await rerun('+12125550151', 3)
    const second = await rerun('+12125550151', 4)
    expect(await current('+12125550151')).toBe(2)
    const undone = await undo(second)
    expect(await current('+12125550151')).toBe(1)
    await undo(first)
    expect(await current('+12125550151')).toBeUndefined()
    await undo(undone)
    expect(await current('+12125550151')).toBe(2)
  })

  test('stays where a run that was answered from the cache is undone: the run that made it stands', async () => {
    await newCall('+12125550152')
    // Nothing is mapped yet: only the rerun from the cache will contribute.
    await rerun('+12125550152', 3)
    await useGoalMapping()
    const cached = await rerun('+12125550152', 3)
    await undo(cached)
    expect(await current('+12125550152')).toBe(1)
  })

  test('is the one that a run took from the cache, while it is not undone', async () => {
    await useGoalMapping()
    const goalNow = await newCall('+12125550153')
    await rerun('+12125550153', 3)
    await rerun('+12125550153', 4)
    const cached = await rerun('+12125550153', 3)
    expect([await current('+12125550153'), goalNow()]).toEqual([1, 'My goal is'])
    const undone = await undo(cached)
    expect([await current('+12125550153'), goalNow()]).toEqual([2, 'My goal is a'])
    await undo(undone)
    expect([await current('+12125550153'), goalNow()]).toEqual([1, 'My goal is'])
  })
})

async function useGoalMapping() {
  await world.useMapping(`
version: 1
crm: hubspot
connection: main
object: contacts
match: [{ number: { of: [from_or_to], in: [phone] } }]
fields: [{ from: goal, to: customer_goal }]
`)
}

describe('an undo', () => {
  test('that comes back beside another one of the same run leaves it undone until both are withdrawn', async () => {
    await useGoalMapping()
    const goalNow = await newCall('+12125550161')
    const run = await rerun('+12125550161', 3)
    const early = await undo(run)
    const withdrawal = await undo(early)
    const late = await undo(run)
    await undo(withdrawal)
    expect(goalNow()).toBeUndefined()
    await undo(late)
    expect(goalNow()).toBeUndefined()
    await undo(early)
    expect(goalNow()).toBe('My goal is')
  })

  test('is a run with an actor and a reason, and what it writes carries its id', async () => {
    await useGoalMapping()
    await newCall('+12125550162')
    const run = await rerun('+12125550162', 3)
    const undone = await undo(run)
    const row = db.selectFrom('runs').select(['kind', 'actor', 'reason', 'undoes']).where('id', '=', undone)
    expect(await row.executeTakeFirst()).toEqual({ kind: 'undo', actor: 'cli:test', reason: 'test', undoes: run })
    const written = db.selectFrom('ledger').select('outcome').where('run_id', '=', undone)
    expect(await written.execute()).toEqual([{ outcome: 'written' }])
  })

  test('of a run that did nothing is one all the same; of no run it is 404', async () => {
    const idle = await transact(db, (trx) => startRun(trx, { kind: 'rerun', actor, reason: 'idle' }))
    expect(await undoRun(world, { runId: idle, actor, reason: 'test' })).toMatchObject({ records: 0 })
    await expect(undoRun(world, { runId: 999_999, actor, reason: 'test' })).rejects.toMatchObject({ status: 404 })
  })
})
