import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { closeDb, connect } from '../../src/db/index.ts'
import { pushConnection, undoRun } from '../../src/sync/index.ts'
import { kinds } from '../support/accounts/account.ts'
import { call } from '../support/conversations.ts'
import { ask, goal } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { markAll } from '../support/pushes.ts'
import { addContact, longTextField, rowsWritten } from '../support/records.ts'
import { createWorldOn, type World } from '../support/world.ts'

// ENGINE.md section 6, scenario 9: a model that answers differently every time.

const months = ['02', '03', '04']
const goals = ['My goal is a "quiet" office', 'My goal is a bigger garden 👋', 'My goal is a shorter way']
const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
]

async function openMerging(...connected: (typeof kinds)[number][]): Promise<World> {
  const world = await createWorldOn(connected)
  for (const account of world.accounts) account.defineProperties([longTextField('customer_goal')])
  await useRules(world, { from: 'goal', to: 'customer_goal', mode: 'merge' })
  await ask(world, goal(20))
  world.models.admin.fault({ kind: 'vary', match: '--- texts', times: 1_000_000 })
  return world
}

/** Calls of three months from this number, each with a goal of its own; returns their ids. */
async function takeCalls(world: World, number: string): Promise<string[]> {
  const ids = months.map((month) => `${number} ${month}`)
  const calls = ids.map((id, index) => {
    return call({ id, at: `2025-${months[index]}-10T10:00:00Z`, number, turns: [goals[index] ?? ''] })
  })
  await world.take(...calls)
  return ids
}

/** Salesforce ends the lines of long text in its own way. */
function linesOf(text: string | undefined): string | undefined {
  return text?.replaceAll('\r\n', '\n')
}

async function mergesAsked({ db }: World): Promise<number> {
  const asked = db.selectFrom('attempts').select((eb) => eb.fn.countAll<number>().as('count'))
  return (await asked.where('purpose', '=', 'merge').executeTakeFirstOrThrow()).count
}

describe.each(kinds)('on %s', async (kind) => {
  const world = await openMerging(kind)
  const goalOf = (id: string) => linesOf(world.held(id).customer_goal)
  const rerun = (conversationId: string) =>
    world.useCases.rerunConversation({ conversationId, actor: world.actor, reason: 'test' })

  test('in every order of arrival, pushed each time or at the end, the same words end in the same text', async () => {
    const ids: string[] = []
    for (const [place, order] of orders.flatMap((each) => [each, each]).entries()) {
      const number = `+1212555${1100 + place}`
      ids.push(await addContact(world, { properties: { phone: number } }))
      const calls = await takeCalls(world, number)
      for (const index of order) {
        await rerun(calls[index] ?? '')
        if (place % 2 === 0) await world.push()
      }
      await world.push()
    }
    const texts = ids.map(goalOf)
    expect(texts[0]).toMatch(
      /^My goal is a "quiet" office\nMy goal is a bigger garden 👋\nMy goal is a shorter way \(\d+\)$/,
    )
    expect(new Set(texts).size).toBe(1)
    // Of three goals there are three pairs and one of all: nothing was asked twice.
    expect(await mergesAsked(world)).toBeLessThanOrEqual(4)
  })

  test('after a restart the text is found, not made again', async () => {
    const [asked, rows] = [await mergesAsked(world), rowsWritten(world)]
    const db = connect(world.database.url, { max: 4 })
    onTestFinished(() => closeDb(db))
    await markAll(world)
    const { log, model, next, crm } = world
    expect(await pushConnection({ db, log, model, next, now: () => new Date() }, crm)).toMatchObject({ written: 0 })
    expect([await mergesAsked(world), rowsWritten(world)]).toEqual([asked, rows])
  })

  test('undo restores the exact earlier text, and undo of the undo the later one', async () => {
    const number = '+12125551131'
    const id = await addContact(world, {
      properties: { phone: number, customer_goal: 'Typed in January' },
      at: '2025-01-15T09:00:00Z',
    })
    const calls = await takeCalls(world, number)
    await world.rerun(calls[0] ?? '')
    const one = goalOf(id)
    await world.rerun(calls[1] ?? '')
    const two = goalOf(id)
    const { runId } = await world.rerun(calls[2] ?? '')
    const three = goalOf(id)
    expect(new Set([one, two, three]).size).toBe(3)
    expect(three).toMatch(/^Typed in January\n/)
    const asked = await mergesAsked(world)

    const undo = async (undone: number) => {
      const { runId } = await undoRun(world, { runId: undone, actor: world.actor, reason: 'test' })
      await world.push()
      return runId
    }
    const undone = await undo(runId)
    expect(goalOf(id)).toBe(two)
    const redone = await undo(undone)
    expect(goalOf(id)).toBe(three)
    await undo(redone)
    expect(goalOf(id)).toBe(two)
    expect(await mergesAsked(world)).toBe(asked)
  })

  test('a rerun replaces the share of its conversation, and an edit begins a new stretch', async () => {
    const number = '+12125551132'
    const id = await addContact(world, { properties: { phone: number } })
    const [february = '', march = '', april = ''] = await takeCalls(world, number)
    await world.rerun(february)
    expect(goalOf(id)).toBe(goals[0])
    await world.rerun(march)
    const before = goalOf(id)
    await world.rerun(march)
    expect(goalOf(id)).toBe(before)

    await ask(world, goal(4))
    await world.rerun(march)
    expect(goalOf(id)).toMatch(/^My goal is a "quiet" office\nMy goal is a \(\d+\)$/)
    await ask(world, goal(20))

    world.account.edit({ id, properties: { customer_goal: 'Typed "by hand"' }, as: 'person' })
    await world.rerun(april)
    expect(goalOf(id)).toBe('Typed "by hand"')
    await sleep(20)
    await world.take(call({ id: `${number} now`, at: new Date().toISOString(), number, turns: ['My goal is a shed.'] }))
    await world.rerun(`${number} now`)
    expect(goalOf(id)).toMatch(/^Typed "by hand"\nMy goal is a shed \(\d+\)$/)
  })
})

describe('two workers that push for two CRMs at once', async () => {
  const world = await openMerging('hubspot', 'salesforce')

  test('may both ask for the same stretch, and both write the text that was stored first', async () => {
    const number = '+12125551141'
    for (const account of world.accounts) account.createContacts([{ properties: { phone: number } }])
    await world.importCrm()
    const calls = await takeCalls(world, number)
    for (const conversationId of calls) {
      await world.useCases.rerunConversation({ conversationId, actor: world.actor, reason: 'test' })
    }
    world.models.admin.set({ latencyMs: 300 })
    const { log, model, next, crms } = world
    const push = async (connection: string) => {
      const [db, crm] = [connect(world.database.url, { max: 4 }), crms.get(connection)]
      onTestFinished(() => closeDb(db))
      if (!crm) throw new Error(`there is no ${connection}`)
      await pushConnection({ db, log, model, next, now: () => new Date() }, crm)
    }
    await Promise.all([push('main'), push('salesforce')])
    world.models.admin.set({ latencyMs: 0 })

    const texts = world.accounts.map((account) => linesOf(account.contacts()[0]?.properties.customer_goal))
    const stored = await world.db.selectFrom('merges').select('text').execute()
    expect(await mergesAsked(world)).toBe(2)
    expect(stored).toHaveLength(1)
    expect(texts).toEqual([stored[0]?.text, stored[0]?.text])
  })
})
