import { describe, expect, test, vi } from 'vitest'
import { startWorking } from '../../src/main/index.ts'
import type { Account } from '../support/accounts/account.ts'
import { backfill, planOf, workOn } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { endLinger } from '../support/open-world.ts'
import { historyCalls, rowsWritten, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

// Two connections, one backfill: every conversation is told to both, and what befalls one is none of the other's business.
const turns = ['I want the Pro plan.', 'Good.', 'My goal is a quiet office.']
const told = { plan_wanted: 'Pro', customer_goal: 'My goal is' }
const contactCount = 6
const patience = { timeout: 20_000 }

/** A world whose accounts have the same people. */
async function openBoth() {
  const world = await createWorldOn(['hubspot', 'salesforce'], { settings: { AFTERWORD_LOG_LEVEL: 'error' } })
  for (const account of world.accounts) account.defineProperties([textField('plan_wanted'), textField('customer_goal')])
  await useRules(world, { from: 'plan', to: 'plan_wanted' }, { from: 'goal', to: 'customer_goal' })
  await ask(world, plan, goal(3))
  let prefix = 100
  return {
    world,
    /** New people in both, with a call each; returns the calls, and what an account holds of them. */
    async addPeople() {
      prefix += 1
      const numbers = Array.from({ length: contactCount }, (_, index) => `+1212555${prefix}${index}`)
      const seeds = numbers.map((phone) => ({ properties: { phone }, at: '2025-01-15T09:00:00Z' }))
      const ids = new Map(world.accounts.map((account) => [account, account.createContacts(seeds)]))
      await world.importCrm()
      await world.take(...numbers.map((number) => call({ id: number, at: '2025-04-10T10:00:00Z', number, turns })))
      const heldBy = (account: Account) =>
        (ids.get(account) ?? []).map((id) => {
          const { plan_wanted, customer_goal } = account.held(id)
          return { plan_wanted, customer_goal }
        })
      return { calls: numbers, heldBy }
    },
  }
}

const all = Array.from({ length: contactCount }, () => told)
const none = Array.from({ length: contactCount }, () => ({ plan_wanted: undefined, customer_goal: undefined }))

test('what is said is in both, and the same backfill again is nothing to either', async () => {
  const { world, addPeople } = await openBoth()
  const { calls, heldBy } = await addPeople()
  const { pushes, settled, backfill: done } = await backfill(world, ...calls)
  expect(world.accounts.map(heldBy)).toEqual([all, all])
  const each = { decisions: { write: 2 * contactCount }, recordsWritten: contactCount, waiting: 0, held: 0 }
  expect(pushes).toMatchObject({ decisions: { write: 4 * contactCount }, recordsWritten: 2 * contactCount })
  expect(pushes.connections).toMatchObject({ main: each, salesforce: each })
  expect(settled).toBe(true)
  const { cells } = await world.useCases.reportBackfill(done.id)
  const cellsOf = Object.groupBy(cells, (cell) => cell.connection)
  expect([cellsOf.main?.length, cellsOf.salesforce?.length]).toEqual([2 * contactCount, 2 * contactCount])

  // Why a field holds what it holds is asked of the CRM that has it.
  const salesforce = world.accounts[1]?.nameOf('plan_wanted') ?? ''
  const { records } = await world.useCases.explainField({ contact: calls[0] ?? '', field: salesforce })
  expect(records).toMatchObject([{ connection: 'salesforce', value: 'Pro', rule: { line: expect.any(Number) } }])

  const before = [rowsWritten(world), historyCalls(world), world.models.admin.state().requests]
  const again = await backfill(world, ...calls)
  expect(again.pushes).toMatchObject({ decisions: { equal: 4 * contactCount }, calls: { history: 0, write: 0 } })
  expect([rowsWritten(world), historyCalls(world), world.models.admin.state().requests]).toEqual(before)
})

const troubles = [
  { trouble: 'is down', code: 'crm.unreachable', befall: (account: Account) => account.fail('any', 'error', 1_000) },
  {
    trouble: 'refuses us',
    code: 'crm.credentials',
    befall: (account: Account) => account.fail('any', 'refused', 1_000),
  },
  {
    trouble: 'has no calls left today',
    code: 'crm.daily_limit',
    befall: (a: Account) => a.configure({ dailyLimit: 0 }),
  },
]

describe.each([
  ['HubSpot', 0],
  ['Salesforce', 1],
] as const)('while %s', async (_, place) => {
  const { world, addPeople } = await openBoth()
  const { account, accounts, useCases, actor } = world
  const [ill, well] = [accounts[place] ?? account, accounts[1 - place] ?? account]

  /** What a backfill came to so far, as told for each of the two. */
  async function told(backfillId: number) {
    const { settled, pushes } = await useCases.backfillStatus(backfillId)
    const of = ({ connection }: Account) => {
      const { recordsWritten, waiting } = pushes.connections[connection] ?? {}
      return { recordsWritten, waiting }
    }
    return { settled, ill: of(ill), well: of(well) }
  }
  const half = {
    settled: false,
    ill: { recordsWritten: 0, waiting: contactCount },
    well: { recordsWritten: contactCount, waiting: 0 },
  }
  const whole = { ...half, settled: true, ill: half.well }

  test.each(troubles)('$trouble, the other is pushed, and it is made up for without a new run', async (one) => {
    const { calls, heldBy } = await addPeople()
    const backfillId = await planOf(world, ...calls)
    await useCases.startBackfill({ id: backfillId, actor })
    await workOn(world, backfillId)
    one.befall(ill)
    await endLinger(world)
    expect(await useCases.pushRecords({ actor })).toMatchObject({
      [ill.connection]: { failed: { code: one.code } },
      [well.connection]: { records: contactCount, written: contactCount },
    })
    expect([heldBy(ill), heldBy(well)]).toEqual([none, all])
    expect(await told(backfillId)).toEqual(half)

    ill.recover()
    // Its day is over.
    await world.db.deleteFrom('call_days').execute()
    await endLinger(world)
    expect(await useCases.pushRecords({ actor })).toMatchObject({ [ill.connection]: { written: contactCount } })
    expect(heldBy(ill)).toEqual(all)
    expect(await told(backfillId)).toEqual(whole)
  })

  test('does not answer, workers push the other, and take it up when it does', async () => {
    const { calls, heldBy } = await addPeople()
    const hanging = () => ill.count('read').unanswered
    const before = hanging()
    // Whatever is asked: with one answer less, other batches go on.
    ill.fail('read', 'hang', 50)
    await startWorking(world)
    const rerunFirst = () => useCases.rerunConversation({ conversationId: calls[0] ?? '', actor, reason: 'test' })
    await rerunFirst()
    await vi.waitUntil(() => hanging() > before && heldBy(well)[0]?.customer_goal === 'My goal is', patience)

    const backfillId = await planOf(world, ...calls)
    await useCases.startBackfill({ id: backfillId, actor })
    await vi.waitUntil(async () => (await told(backfillId)).well.waiting === 0, patience)
    expect([heldBy(ill), heldBy(well)]).toEqual([none, all])
    expect(await told(backfillId)).toMatchObject({ settled: false, ill: half.ill })
    await ask(world, plan, goal(2))
    await rerunFirst()
    await vi.waitUntil(() => heldBy(well)[0]?.customer_goal === 'My goal', patience)
    expect(heldBy(ill)).toEqual(none)

    ill.recover()
    await vi.waitUntil(async () => (await told(backfillId)).settled, patience)
    await vi.waitUntil(() => heldBy(ill)[0]?.customer_goal === 'My goal', patience)
    expect(heldBy(ill).slice(1)).toEqual(all.slice(1))
  }, 60_000)
})
