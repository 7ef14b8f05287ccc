import { afterEach, describe, expect, test } from 'vitest'
import { kinds } from '../support/accounts/account.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { addContact, rowsWritten, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

// ENGINE.md section 6, scenario 3.
describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  // What fails on the way is asked for four times; here nobody needs the pause between.
  world.model.pace.backoffMs = 1
  world.account.defineProperties([textField('plan_wanted'), textField('customer_goal'), textField('last_sentiment')])
  await useRules(
    world,
    { from: 'plan', to: 'plan_wanted' },
    { from: 'goal', to: 'customer_goal' },
    { from: 'user_sentiment', to: 'last_sentiment' },
  )
  afterEach(() => world.models.admin.reset())

  /** A contact, first called in April. The seed's own values stand since January. */
  async function calledContact(number: string, own: Record<string, string> = {}) {
    const id = await addContact(world, { properties: { phone: number, ...own }, at: '2025-01-15T09:00:00Z' })
    const turns = ['I want the Pro plan.', 'Good.', 'My goal is a great office for everybody in Zürich.']
    await world.take(call({ id: number, at: '2025-04-10T10:00:00Z', number, turns }))
    return id
  }

  /** The three mapped fields of a record. */
  function fieldsOf(id: string) {
    const { plan_wanted, customer_goal, last_sentiment } = world.held(id)
    return { plan_wanted, customer_goal, last_sentiment }
  }

  /** A prompt that was not asked before, so that no stored analysis answers: with another number of words, or only another note. */
  function askAnew(words: number, note = 'A note.') {
    return ask(world, plan, goal(words), { type: 'string', name: 'note', description: note })
  }

  await askAnew(3)
  const id = await calledContact('+12125550121')
  await world.rerun('+12125550121')
  const before = fieldsOf(id)

  describe('a rerun that fails changes no field', () => {
    const failures = [
      ['refuse', 'refused'],
      ['filter', 'filtered'],
      ['truncate', 'truncated'],
      ['invalid_json', 'invalid'],
      ['empty', 'empty'],
      ['empty_content', 'empty'],
      ['envelope', 'transport'],
      ['status', 'transport'],
      ['drop', 'transport'],
    ] as const

    test.for(failures)('%s', async ([kind, outcome]) => {
      const rows = rowsWritten(world)
      await askAnew(4, kind)
      world.models.admin.fault({ kind, times: 4 })
      expect(await world.rerun('+12125550121')).toMatchObject({ outcome, cached: false })
      expect(fieldsOf(id)).toEqual(before)
      expect(rowsWritten(world)).toBe(rows)
    })

    test('a choice outside its enum', async () => {
      await askAnew(3, 'wrong_enum')
      world.models.admin.fault({ kind: 'wrong_enum' })
      const { outcome, fields } = await world.rerun('+12125550121')
      expect([outcome, fields?.user_sentiment?.status, fields?.goal?.status]).toEqual(['ok', 'invalid', 'found'])
      expect(fieldsOf(id)).toEqual(before)
    })

    test('sentences that nobody said', async () => {
      await askAnew(4, 'fabricated')
      world.models.admin.fault({ kind: 'fabricated_evidence' })
      const { outcome, fields } = await world.rerun('+12125550121')
      expect([outcome, fields?.goal?.status]).toEqual(['ok', 'unverified'])
      expect(fieldsOf(id)).toEqual(before)
    })

    test('the same prompt, answered at last, changes it', async () => {
      await askAnew(4, 'status')
      await world.rerun('+12125550121')
      expect(fieldsOf(id)).toEqual({ ...before, customer_goal: expect.stringMatching(/^(\S+ ?){4}$/) })
      expect(before.customer_goal).toMatch(/^(\S+ ?){3}$/)
    })
  })

  describe('a rerun that finds nothing', () => {
    test('gives each field back what stood there before us: a value, or none', async () => {
      const own = { customer_goal: 'A "rep" wrote this \\ 👋' }
      const id = await calledContact('+12125550122', own)
      await askAnew(3, 'found')
      await world.rerun('+12125550122')
      expect(fieldsOf(id)).toMatchObject({ plan_wanted: 'Pro', last_sentiment: 'Positive' })
      expect(fieldsOf(id)).not.toMatchObject(own)
      await askAnew(3, 'nothing found')
      world.models.admin.fault({ kind: 'not_mentioned' })
      await world.rerun('+12125550122')
      expect(fieldsOf(id)).toEqual({ plan_wanted: undefined, last_sentiment: undefined, ...own })
    })

    test('leaves an older call the last word', async () => {
      const id = await calledContact('+12125550123')
      const may = { at: '2025-05-10T10:00:00Z', number: '+12125550123' }
      await world.take(call({ id: 'may', ...may, turns: ['I want the Team plan.'] }))
      await askAnew(3, 'older')
      await world.rerun('+12125550123')
      await world.rerun('may')
      expect(fieldsOf(id)).toMatchObject({ plan_wanted: 'Team' })
      await askAnew(3, 'nothing in May')
      world.models.admin.fault({ kind: 'not_mentioned' })
      await world.rerun('may')
      expect(fieldsOf(id)).toMatchObject({ plan_wanted: 'Pro' })
    })
  })

  describe('blank text', () => {
    test('never clears a field that we did not fill', async () => {
      const own = { customer_goal: 'As the rep has it' }
      const id = await calledContact('+12125550124', own)
      const rows = rowsWritten(world)
      await ask(world, goal(3))
      world.models.admin.fault({ kind: 'blank' })
      await ask(world, goal(3), { type: 'string', name: 'note', description: 'blank' })
      await world.rerun('+12125550124')
      expect(fieldsOf(id)).toMatchObject(own)
      expect(rowsWritten(world)).toBe(rows + 1) // the sentiment
    })

    test('never clears what a person typed over ours', async () => {
      const id = await calledContact('+12125550125')
      await askAnew(3, 'typed over')
      await world.rerun('+12125550125')
      world.account.edit({ id, properties: { customer_goal: 'Typed over' }, as: 'person' })
      await askAnew(3, 'blank over')
      world.models.admin.fault({ kind: 'blank' })
      await world.rerun('+12125550125')
      expect(fieldsOf(id)).toMatchObject({ customer_goal: 'Typed over' })
    })
  })
})
