import { sql } from 'kysely'
import { expect } from 'vitest'
import { removeDeleted } from '../../../src/sync/index.ts'
import type { Kind } from '../../support/accounts/account.ts'
import { backfill } from '../../support/backfills.ts'
import { call } from '../../support/conversations.ts'
import { ask, goal, plan } from '../../support/items.ts'
import { mappingFor } from '../../support/mappings.ts'
import { markAll } from '../../support/pushes.ts'
import { addContact, numberField, rowsWritten, textField } from '../../support/records.ts'
import { createWorldOn } from '../../support/world.ts'

/** What the cells of a caller hold once all three calls are pushed. */
export const all = { plan_wanted: 'Team', first_plan: 'Basic', plans_named: 3, customer_goal: 'My goal is' }
export const none = { plan_wanted: undefined, first_plan: undefined, plans_named: 0, customer_goal: undefined }

/** A world with a retention of 30 days, whose callers' calls are all older. */
export async function openCallers(kind: Kind) {
  const world = await createWorldOn([kind], { settings: { AFTERWORD_RETENTION_DAYS: '30' } })
  const { account, useCases, actor, db } = world
  account.defineProperties([
    textField('plan_wanted'),
    textField('first_plan'),
    textField('late_plan'),
    textField('customer_goal'),
    numberField('plans_named'),
  ])
  const fields = [
    { from: 'plan', to: 'plan_wanted' },
    { from: 'plan', field: 'first', to: 'first_plan', mode: 'fill_if_empty' },
    { from: 'goal', to: 'customer_goal' },
    { from: 'plan', field: 'named', to: 'plans_named', mode: 'count' },
  ]
  const steps = [{ number: { of: ['from_or_to'], in: ['phone', 'mobilephone'].map(account.nameOf) } }]
  const mapping = JSON.parse(mappingFor(account, fields, steps))
  const imported = { first_name: account.nameOf('firstname'), last_name: account.nameOf('lastname') }
  const useAll = () => world.useMapping(JSON.stringify({ ...mapping, import: imported }))
  await useAll()
  await ask(world, plan, goal(3))
  const longAgo = '2025-01-15T09:00:00Z'
  let people = 0

  /** Somebody with three calls about three plans, pushed. */
  async function caller(properties: Record<string, string> = {}) {
    people += 1
    const number = `+121255501${String(people).padStart(2, '0')}`
    const id = await addContact(world, { properties: { phone: number, ...properties }, at: longAgo })
    const plans = ['Basic', 'Pro', 'Team']
    const calls = plans.map((name, index) => ({
      id: `${number} ${name}`,
      at: `2025-0${index + 4}-10T10:00:00Z`,
      number,
      turns: [`I want the ${name} plan.`, 'Good.', 'My goal is a quiet office.'],
    }))
    await world.take(...calls.map(call))
    const done = await backfill(world, ...calls.map((each) => each.id))
    return { id, number, calls, runId: done.backfill.runId ?? 0 }
  }

  function cellsOf(id: string) {
    const { plan_wanted, first_plan, plans_named, customer_goal } = world.held(id)
    return { plan_wanted, first_plan, plans_named: Number(plans_named ?? 0), customer_goal }
  }

  const settle = () => useCases.runRetention({ actor, reason: 'test' })
  const remove = (id: string) => useCases.deleteConversation({ id, actor, reason: 'test' })
  const undo = async (runId: number | null) => {
    const undone = await useCases.undoRun({ runId: runId ?? 0, actor, reason: 'test' })
    await world.push()
    return undone.runId
  }
  const report = (object: object) =>
    useCases.importConversations({ lines: [JSON.stringify(object)], actor, reason: 'test', analyse: false })

  /** Every record is looked at again; returns how many rows that wrote. */
  async function pushAgain() {
    const before = rowsWritten(world)
    await markAll(world)
    await world.push()
    return rowsWritten(world) - before
  }

  /** Only this one is old enough. */
  async function settleOnly(id: string) {
    const held = sql`update conversations set spoken_at = spoken_at + interval '20 years' where id <> ${id}`
    const back = sql`update conversations set spoken_at = spoken_at - interval '20 years'`
    await held.execute(db)
    expect(await settle()).toMatchObject({ settled: 1 })
    await back.execute(db)
  }

  /** All that is deleted is removed for good. */
  async function endGrace() {
    await removeDeleted({ db, crms: world.crms, now: () => new Date('2030-01-01T00:00:00Z') })
  }

  return {
    world,
    account,
    steps,
    useAll,
    caller,
    cellsOf,
    settle,
    remove,
    undo,
    report,
    pushAgain,
    settleOnly,
    endGrace,
  }
}
