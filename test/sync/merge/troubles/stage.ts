import { sql } from 'kysely'
import { beforeEach } from 'vitest'
import { runCells } from '../../../../src/sync/index.ts'
import { call } from '../../../support/conversations.ts'
import { ask, goal, plan } from '../../../support/items.ts'
import { useRules } from '../../../support/mappings.ts'
import { addContact, longTextField, textField } from '../../../support/records.ts'
import { limitsOf } from '../../../support/spender.ts'
import { createWorld } from '../../../support/world.ts'

/** A world of this test file's own, in which what callers want to reach is merged into one text, and their plan is written. */
export async function openStage() {
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

  return {
    world,
    db,
    useCases,
    actor,
    model,
    models,
    ofMerge,
    newNumber,
    twoCalls,
    heldBy,
    why,
    decisionsOf,
    mergesOf,
    waits,
  }
}
