import { afterAll, describe, expect, test } from 'vitest'
import { kinds } from '../support/accounts/account.ts'
import { call } from '../support/conversations.ts'
import { useRules } from '../support/mappings.ts'
import { addContact } from '../support/records.ts'
import { importChanges, marksOf, openImports, recordOf } from './imports-world.ts'

const longAgo = '2025-01-15T09:00:00Z'
const april = { at: '2025-04-10T10:00:00Z', turns: ['I want the Pro plan.'] }

describe.each(kinds)('the import of what has changed, on %s', async (kind) => {
  const world = await openImports(kind, { atEnd: afterAll })
  const { account, db } = world
  let numbers = 0

  /** A contact to whom a call has given a plan; nothing waits. */
  async function writtenContact() {
    numbers += 1
    const number = `+1212555${1000 + numbers}`
    const id = await addContact(world, { properties: { phone: number }, at: longAgo })
    await world.take(call({ id: number, number, ...april }))
    await world.rerun(number)
    expect(world.held(id).plan_wanted).toBe('Pro')
    return { id, number }
  }

  test('notices an edit of a mapped field that nothing was pending for, and the push keeps it as a person’s', async () => {
    const { id } = await writtenContact()
    await importChanges(world)
    account.edit({ id, properties: { plan_wanted: 'Team' }, as: 'person' })
    await importChanges(world)
    const { id: recordId } = await recordOf(world, id)
    expect(await marksOf(world)).toEqual([{ record_id: recordId, reason: 'edit' }])
    await world.push()
    const events = db.selectFrom('field_events').select(['kind', 'author', 'value']).where('record_id', '=', recordId)
    expect(await events.execute()).toContainEqual({ kind: 'edited', author: 'person', value: 'Team' })
    expect(world.held(id).plan_wanted).toBe('Team')
    await importChanges(world)
    expect(await marksOf(world)).toEqual([])
  })

  test('notices an edit of a stamp', async () => {
    await useRules(world, { from: 'plan', to: 'plan_wanted', stamp: { link: account.nameOf('plan_said_in') } })
    const { id } = await writtenContact()
    await importChanges(world)
    account.edit({ id, properties: { plan_said_in: 'a letter' }, as: 'person' })
    await importChanges(world)
    expect(await marksOf(world)).toMatchObject([{ reason: 'edit' }])
    await world.push()
    await useRules(world, { from: 'plan', to: 'plan_wanted' })
  })

  test('marks nothing for our own writes, for fields that no rule writes, and for records nobody spoke to', async () => {
    const { id } = await writtenContact()
    expect(await importChanges(world)).toMatchObject({ changed: 0 })
    expect(await marksOf(world)).toEqual([])
    account.edit({ id, properties: { colour: 'blue', plan_wanted: ' Pro ' }, as: 'person' })
    const [other = ''] = account.createContacts([{ properties: { email: `nobody${numbers}@example.com` } }])
    await importChanges(world)
    account.edit({ id: other, properties: { plan_wanted: 'Basic' }, as: 'person' })
    await importChanges(world)
    expect(await marksOf(world)).toEqual([])
  })

  test('marks nothing for a write of ours that is still without its outcome', async () => {
    const { id } = await writtenContact()
    const { id: recordId } = await recordOf(world, id)
    // As a push leaves it that has sent its row and not yet heard of it.
    account.edit({ id, properties: { plan_wanted: 'Basic' }, as: 'app' })
    const changes = JSON.stringify([{ field: account.nameOf('plan_wanted'), before: 'Pro', after: 'Basic' }])
    const push = await db.selectFrom('pushes').select('id').limit(1).executeTakeFirstOrThrow()
    const intent = { push_id: push.id, connection: 'main', record_id: recordId, changes }
    await db.insertInto('ledger').values(intent).execute()
    await importChanges(world)
    expect(await marksOf(world)).toEqual([])
  })

  test('a rule for a field that the CRM has no more does not stop it', async () => {
    const { id } = await writtenContact()
    await useRules(world, { from: 'plan', to: 'plan_wanted' }, { from: 'plan', to: 'no_such_field' })
    account.edit({ id, properties: { plan_wanted: 'Team' }, as: 'person' })
    await importChanges(world)
    expect(await marksOf(world)).toHaveLength(1)
    await useRules(world, { from: 'plan', to: 'plan_wanted' })
    await world.push()
  })
})

describe.each(kinds)('a page of an import, on %s', (kind) => {
  test('takes as many statements for eighty new and changed records as for eight', async () => {
    const world = await openImports(kind)
    let statements = 0
    const db = world.db.withPlugin({
      transformQuery({ node }) {
        statements += 1
        return node
      },
      transformResult: async ({ result }) => result,
    })
    const statementsOf = async (isFull = false) => {
      statements = 0
      await importChanges({ ...world, db }, {}, isFull)
      return statements
    }
    const create = (people: number) =>
      world.account.createContacts(
        Array.from({ length: people }, (_, place) => ({
          properties: { phone: `+1212${people + 200}${place + 1000}`, firstname: 'Bo' },
        })),
      )
    const rename = (ids: string[]) => {
      for (const [place, id] of ids.entries())
        world.account.edit({ id, properties: { phone: `+1213${ids.length + 200}${place + 1000}` }, as: 'person' })
    }
    create(1)
    await importChanges(world)
    const few = create(8)
    const ofNew = await statementsOf()
    rename(few)
    const ofChanged = await statementsOf()
    const ofAll = await statementsOf(true)
    const many = create(80)
    expect(await statementsOf()).toBe(ofNew)
    rename(many)
    expect(await statementsOf()).toBe(ofChanged)
    expect(await statementsOf(true)).toBe(ofAll)
  })
})
