import { describe, expect, test } from 'vitest'
import { findContact } from '../../src/contacts/index.ts'
import { backfill } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { budget, hubspotMapping, openOwnWorld, ownMapping, wants } from '../support/own-contacts.ts'
import { pushWhile } from '../support/pushes.ts'

const { world, newNumber, held, edit } = await openOwnWorld()
const { db, useCases, actor } = world

describe('a person', () => {
  async function heardOnce() {
    const number = newNumber()
    await world.take(call({ id: number, at: '2025-05-01T10:00:00Z', number, turns: wants('Pro', 900) }))
    await world.rerun(number)
    return number
  }

  test('beats what was said before, not what is said later', async () => {
    const number = await heardOnce()
    await edit(number, { plan_wanted: 'Basic', first_name: 'Zoë', times_asked: 12 })
    await backfill(world, number)
    expect(await held(number)).toMatchObject({ plan_wanted: 'Basic', times_asked: 12 })
    const { records } = await useCases.explainField({ contact: number, field: 'plan_wanted' })
    expect(records[0]?.timeline.at(-1)).toMatchObject({
      kind: 'edited',
      value: 'Basic',
      decides: true,
      atLatest: false,
    })

    await world.take(
      call({
        id: `${number} later`,
        at: new Date(Date.now() + 60_000).toISOString(),
        number,
        turns: wants('Team', 100),
      }),
    )
    await world.rerun(`${number} later`)
    expect(await findContact(db, number, 'US')).toMatchObject({
      firstName: 'Zoë',
      fields: { plan_wanted: 'Team', times_asked: 13, highest_budget: 900 },
    })
  })

  test('who empties a field has it empty', async () => {
    const number = await heardOnce()
    await edit(number, { plan_wanted: null })
    await backfill(world, number)
    expect(await held(number)).not.toHaveProperty('plan_wanted')
  })

  test('has every ignored edit decided again at once', async () => {
    const number = newNumber()
    await world.useMapping(
      ownMapping.replace('to: plan_wanted }', 'to: plan_wanted, human_edits: overwrite }'),
      hubspotMapping,
    )
    await world.take(call({ id: number, at: '2025-05-01T10:00:00Z', number, turns: wants('Pro', 900) }))
    await world.rerun(number)
    await edit(number, { plan_wanted: 'Basic' })
    expect(await held(number)).toMatchObject({ plan_wanted: 'Basic' })
    await world.push()
    expect(await held(number)).toMatchObject({ plan_wanted: 'Pro' })
    await world.useMapping(ownMapping, hubspotMapping)
  })

  test('who edits between our read and our write loses nothing, of this field or another', async () => {
    const number = newNumber()
    await world.take(call({ id: number, at: '2025-05-01T10:00:00Z', number, turns: wants('Pro', 900) }))
    await useCases.rerunConversation({ conversationId: number, actor, reason: 'test' })
    const crm = world.crms.get('local')
    if (!crm) throw new Error('there is no connection local')
    let edits = 0
    await pushWhile(
      { ...world, crm },
      {
        before: async () => {
          edits += 1
          if (edits === 1) await edit(number, { plan_wanted: 'Basic', note: 'call back' })
        },
      },
    )
    expect(edits, 'written at the second try, in the same push').toBe(2)
    expect(await held(number)).toMatchObject({ plan_wanted: 'Basic', note: 'call back', highest_budget: 900 })
    const outcomes = db.selectFrom('ledger').innerJoin('crm_records', 'crm_records.id', 'record_id').select('outcome')
    const contact = await findContact(db, number, 'US')
    const own = outcomes.where('external_id', '=', `contact_${contact.id}`).orderBy('ledger.id')
    expect(await own.execute()).toEqual([{ outcome: 'unsent' }, { outcome: 'written' }])
  })
})

test('who asked not to be called is not called again because of what is said later, or undone', async () => {
  const asked = { type: 'boolean', name: 'no_calls', description: 'Whether the customer asked not to be called.' }
  await ask(world, plan, budget, asked)
  await world.useMapping(
    ownMapping.replace('fields:', 'fields:\n  - { from: no_calls, to: do_not_call }'),
    hubspotMapping,
  )
  const number = newNumber()
  await edit((await taken(number)).number, { do_not_call: true })
  const { runId } = await world.rerun(number)
  await useCases.undoRun({ runId, actor, reason: 'test' })
  await world.push()
  expect(await findContact(db, number, 'US')).toMatchObject({ doNotCall: true })
  await edit(number, { do_not_call: false })
  expect(await findContact(db, number, 'US')).toMatchObject({ doNotCall: false })
  await ask(world, plan, budget)
  await world.useMapping(ownMapping, hubspotMapping)

  async function taken(number: string) {
    await world.take(call({ id: number, at: '2025-05-01T10:00:00Z', number, turns: wants('Pro', 900) }))
    return { number }
  }
})
