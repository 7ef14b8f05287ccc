import { describe, expect, test } from 'vitest'
import { reportAsMarkdown } from '../../src/backfill/index.ts'
import { kinds } from '../support/accounts/account.ts'
import { backfill } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { pushWhile } from '../support/pushes.ts'
import { addContact, historyCalls, rowsWritten, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  world.account.defineProperties([textField('plan_wanted'), textField('customer_goal')])
  await useRules(world, { from: 'plan', to: 'plan_wanted' }, { from: 'goal', to: 'customer_goal' })
  await ask(world, plan, goal(3))

  /** A contact with a call of April about the Pro plan. */
  async function calledContact(number: string) {
    const id = await addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' })
    const turns = ['I want the Pro plan.', 'Good.', 'My goal is a quiet office.']
    await world.take(call({ id: number, at: '2025-04-10T10:00:00Z', number, turns }))
    return id
  }

  /** Reruns and pushes a conversation; something happens in the CRM just before or just after the write. */
  async function rerunWhile(conversationId: string, happens: { before?: () => void; after?: () => void }) {
    await world.useCases.rerunConversation({ conversationId, actor: world.actor, reason: 'test' })
    await pushWhile(world, happens)
  }

  /** The two mapped fields of a record. */
  function fieldsOf(id: string) {
    const { plan_wanted, customer_goal } = world.held(id)
    return { plan_wanted, customer_goal }
  }

  /** Every change of a field that we took for somebody else's, of those made since its rule was switched on. */
  function editsOf(externalId: string, field: string) {
    const events = world.db.selectFrom('field_events').innerJoin('crm_records', 'crm_records.id', 'record_id')
    return events
      .select(['value', 'author', 'at_latest'])
      .where('external_id', '=', externalId)
      .where('field', '=', world.account.nameOf(field))
      .where('kind', '=', 'edited')
      .execute()
  }

  describe('an edit by a person', () => {
    test('between our read and our write is put back', async () => {
      const id = await calledContact('+12125550191')
      const type = () => world.account.edit({ id, properties: { plan_wanted: 'Typed' }, as: 'person' })
      await rerunWhile('+12125550191', { before: type })
      expect(world.held(id).plan_wanted).toBe('Pro')
      await world.push()
      expect(world.held(id)).toMatchObject({ plan_wanted: 'Typed', customer_goal: 'My goal is' })
    })

    test('that empties a field between our read and our write is put back', async () => {
      const id = await calledContact('+12125550192')
      world.account.edit({ id, properties: { plan_wanted: 'Basic' }, as: 'person', at: '2025-02-01T09:00:00Z' })
      const empty = () => world.account.edit({ id, properties: { plan_wanted: '' }, as: 'person' })
      await rerunWhile('+12125550192', { before: empty })
      await world.push()
      expect(world.held(id).plan_wanted).toBeUndefined()
    })

    test('right after our write stands, and is one event with its author', async () => {
      const id = await calledContact('+12125550193')
      const after = () => {
        world.account.edit({ id, properties: { plan_wanted: '' }, as: 'person' })
        world.account.edit({
          id,
          properties: { city: 'Zürich' },
          as: 'app',
          at: new Date(Date.now() + 5).toISOString(),
        })
      }
      await rerunWhile('+12125550193', { after })
      await world.push()
      expect(world.held(id).plan_wanted).toBeUndefined()
      expect(await editsOf(id, 'plan_wanted')).toEqual([{ value: null, author: 'person', at_latest: false }])
    })

    test('after our write is kept by reruns of earlier calls and beaten by a later call', async () => {
      const id = await calledContact('+12125550194')
      await world.rerun('+12125550194')
      world.account.edit({ id, properties: { plan_wanted: 'Typed', customer_goal: '' }, as: 'person' })
      const { pushes, backfill: done } = await backfill(world, '+12125550194')
      expect(pushes).toMatchObject({ decisions: { kept_edit: 2 }, recordsWritten: 0 })
      const page = reportAsMarkdown(await world.useCases.reportBackfill(done.id))
      expect(page).toContain('| kept edits | 2 |')
      expect(page).toMatch(/## Kept edits: .* \(2\)\n\n[\s\S]*\| main \| \S+ \| \S+ \| Typed \| Typed \|/)
      expect(page).toContain(`    afterword backfill undo ${done.id} --plan`)
      await ask(world, plan, goal(2))
      await world.rerun('+12125550194')
      await ask(world, plan, goal(3))
      expect(fieldsOf(id)).toEqual({ plan_wanted: 'Typed' })

      const later = { id: 'later', at: new Date().toISOString(), number: '+12125550194' }
      await world.take(call({ ...later, turns: ['I want the Team plan.'] }))
      await world.rerun('later')
      expect(fieldsOf(id)).toEqual({ plan_wanted: 'Team' })
    })
  })

  describe('a workflow that writes everything in capitals', async () => {
    const id = await calledContact('+12125550195')

    test('right after our write is no edit: nothing to write the second time, no history to ask the third', async () => {
      world.account.configure({ flows: [{ property: 'plan_wanted', kind: 'uppercase', as: 'workflow' }] })
      await backfill(world, '+12125550195')
      expect(world.held(id).plan_wanted).toBe('PRO')
      const rows = rowsWritten(world)
      expect((await backfill(world, '+12125550195')).pushes).toMatchObject({ decisions: { equal: 2 } })
      expect(rowsWritten(world)).toBe(rows)
      const calls = historyCalls(world)
      await backfill(world, '+12125550195')
      expect([rowsWritten(world), historyCalls(world)]).toEqual([rows, calls])
      expect(await editsOf(id, 'plan_wanted')).toEqual([])
    })

    test('is none either when it comes late', async () => {
      world.account.configure({ flows: [] })
      await ask(world, plan, goal(2))
      await world.rerun('+12125550195')
      world.account.edit({ id, properties: { customer_goal: 'MY GOAL' }, as: 'workflow' })
      const rows = rowsWritten(world)
      await backfill(world, '+12125550195')
      expect(world.held(id).customer_goal).toBe('MY GOAL')
      expect(rowsWritten(world)).toBe(rows)
      expect(await editsOf(id, 'customer_goal')).toEqual([])
    })

    test('does not keep a rerun from changing the field', async () => {
      world.account.configure({ flows: [{ property: 'customer_goal', kind: 'uppercase', as: 'workflow' }] })
      await ask(world, plan, goal(4))
      await world.rerun('+12125550195')
      expect(world.held(id).customer_goal).toBe('MY GOAL IS A')
    })
  })
})
