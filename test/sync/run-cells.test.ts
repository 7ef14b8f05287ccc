import { describe, expect, test } from 'vitest'
import { runCells, runPushes } from '../../src/sync/index.ts'
import { planOf, workOn } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { pushWhile } from '../support/pushes.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
world.hubspot.defineProperties([textField('plan_wanted')])
await world.useMapping(`
version: 1
crm: hubspot
connection: main
object: contacts
match: [{ number: { of: [from_or_to], in: [phone, mobilephone] } }]
fields: [{ from: plan, to: plan_wanted }]
`)
await ask(world, plan)
const { db, useCases, actor } = world

function callOn(day: number, number: string, wanted: string) {
  const turns = [`I want the ${wanted} plan.`]
  return call({ id: `${number} ${day}`, at: `2025-04-0${day}T10:00:00Z`, number, turns })
}

/** A contact that wants "nothing" yet, typed in January. */
function contactOf(phone: string, mobilephone = '') {
  const properties = { phone, mobilephone, plan_wanted: 'nothing' }
  return addContact(world, { properties, at: '2025-01-15T09:00:00Z' })
}

/** Reruns a conversation; pushes nothing. */
async function rerunOnly(conversationId: string) {
  return (await useCases.rerunConversation({ conversationId, actor, reason: 'test' })).runId
}

/** What a run did to its one cell, and what it counts. */
async function resultOf(runId: number) {
  const [cell, ...others] = await runCells(db, runId)
  if (!cell || others.length > 0) throw new Error(`the run has ${others.length} other cells`)
  const { decisions, recordsWritten } = await runPushes(db, runId)
  const { before, after, decision } = cell
  return { before, after, decision: decision.decision, by: decision.by, decisions, recordsWritten }
}

describe('what a run did to a cell', () => {
  test('two runs that are pushed at once have both written it', async () => {
    const number = '+12125550101'
    await contactOf(number)
    await world.take(callOn(1, number, 'Basic'), callOn(2, number, 'Pro'))
    const runs = [await rerunOnly(`${number} 2`), await rerunOnly(`${number} 1`)]
    await world.push()
    const written = { before: 'nothing', after: 'Pro', decision: 'write', by: `${number} 2` }
    for (const run of runs)
      expect(await resultOf(run)).toEqual({ ...written, decisions: { write: 1 }, recordsWritten: 1 })
  })

  test('of several writes by one run it tells the value before the first and after the last', async () => {
    const [office, mobile] = ['+12125550111', '+12125550112']
    await contactOf(office, mobile)
    await world.take(callOn(1, office, 'Basic'), callOn(2, mobile, 'Pro'))
    const id = await planOf(world, `${office} 1`, `${mobile} 2`)
    const { runId } = await useCases.startBackfill({ id, actor })
    const paused = db
      .updateTable('backfill_items')
      .where('backfill_id', '=', id)
      .where('conversation_id', '=', `${mobile} 2`)
    await paused.set({ state: 'claimed', claimed_by: 'somebody slower' }).execute()
    await workOn(world, id)
    await world.push()
    await paused.set({ state: 'open', claimed_by: null }).execute()
    await workOn(world, id)
    await world.push()
    expect(await resultOf(Number(runId))).toEqual({
      before: 'nothing',
      after: 'Pro',
      decision: 'write',
      by: `${mobile} 2`,
      decisions: { write: 1 },
      recordsWritten: 1,
    })
  })

  test('a run that wrote nothing beside one that did has written nothing', async () => {
    const number = '+12125550121'
    await contactOf(number)
    await world.take(callOn(1, number, 'Basic'), callOn(2, number, 'Pro'))
    await rerunOnly(`${number} 2`)
    await world.push()
    const late = await rerunOnly(`${number} 1`)
    await world.push()
    expect(await resultOf(late)).toEqual({
      before: 'Pro',
      after: 'Pro',
      decision: 'superseded',
      by: `${number} 2`,
      decisions: { superseded: 1 },
      recordsWritten: 0,
    })
  })

  test('a write whose pusher died is told as written, by the run that it was for', async () => {
    const number = '+12125550131'
    await contactOf(number)
    await world.take(callOn(1, number, 'Team'))
    const run = await rerunOnly(`${number} 1`)
    const die = () => Promise.reject(new Error('killed'))
    await expect(pushWhile(world, { after: die })).rejects.toThrow('killed')
    await world.push()
    expect(await resultOf(run)).toMatchObject({ before: 'nothing', after: 'Team', recordsWritten: 1 })
  })

  test('a run of nothing but unlinked conversations has no cells, and says why', async () => {
    await world.take(callOn(1, '+12125550141', 'Pro'))
    const run = await rerunOnly('+12125550141 1')
    await world.push()
    expect(await runCells(db, run)).toEqual([])
    expect(await runPushes(db, run)).toMatchObject({ decisions: { no_record: 1 }, recordsWritten: 0, waiting: 0 })
  })
})
