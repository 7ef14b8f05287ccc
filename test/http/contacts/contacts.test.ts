import Retell from 'retell-sdk'
import { afterAll, describe, expect, test } from 'vitest'
import { ownMapping } from '../../support/own-contacts.ts'
import { createWorld } from '../../support/world.ts'
import { openContacts } from './open-contacts.ts'

const world = await createWorld()
const { db } = world
await world.useMapping(
  `${ownMapping}  - { from: mood, to: mood, options: [good, bad] }\n  - { from: vip, to: vip, mode: any }\n`,
)
const { retell, refusal, call: request } = await openContacts(world, afterAll)
const { contact } = retell

const tagA = { id: 'a'.repeat(32), label: 'Lead' }

describe('create and update', () => {
  test('a contact in the SDK’s shape and in that of later versions, its number as E.164', async () => {
    const made = await contact.create({
      phone_number: '(212) 555-0100',
      first_name: 'Ada',
      do_not_call: true,
      tags: ['Lead', 'Zürich'],
      custom_fields: { plan_wanted: 'Pro', highest_budget: 900, plans: ['Basic', 'Pro'], mood: 'good' },
    })
    expect(made).toEqual({
      contact_id: expect.stringMatching(/^contact_\d+$/),
      org_id: expect.any(String),
      phone_number: '+12125550100',
      first_name: 'Ada',
      do_not_call: true,
      tags: ['Lead', 'Zürich'],
      contact_tags: [
        { id: expect.stringMatching(/^[0-9a-f]{32}$/), label: 'Lead' },
        { id: expect.stringMatching(/^[0-9a-f]{32}$/), label: 'Zürich' },
      ],
      custom_fields: { plan_wanted: 'Pro', highest_budget: 900, plans: ['Basic', 'Pro'], mood: 'good' },
      conversation_count: 0,
      created_timestamp: expect.any(Number),
      user_modified_timestamp: expect.any(Number),
    })
    expect(await contact.get(made.contact_id)).toEqual(made)
    expect(await contact.getByPhone('+1 212 555 0100')).toEqual(made)
    const history = db.selectFrom('contact_changes').select(['author', 'actor']).distinct()
    expect(await history.execute()).toEqual([{ author: 'person', actor: 'key:tester' }])

    const ids = 'contact_tags' in made ? (made.contact_tags as { id: string }[]).map(({ id }) => id) : []
    const later = { contact_memory: ' Likes Pro. ', contact_tag_ids: ids.slice(1), last_name: 'Lovelace' }
    const updated = await contact.update(made.contact_id, { ...later, custom_fields: { mood: null } } as never)
    expect(updated).toMatchObject({
      ...made,
      last_name: 'Lovelace',
      contact_memory: ' Likes Pro. ',
      tags: ['Zürich'],
      custom_fields: { plan_wanted: 'Pro' },
      contact_tags: [{ label: 'Zürich' }],
      user_modified_timestamp: expect.any(Number),
    })
    expect(updated.custom_fields).not.toHaveProperty('mood')
    expect(updated.user_modified_timestamp).toBeGreaterThan(made.user_modified_timestamp ?? 0)
    // The same again changes nothing.
    expect(await contact.update(made.contact_id, { last_name: 'Lovelace', tags: ['Zürich'] })).toEqual(updated)
    const cleared = await contact.update(made.contact_id, {
      contact_memory: null,
      tags: [],
      do_not_call: false,
    } as never)
    expect(cleared).toMatchObject({ tags: [], do_not_call: false })
    expect(cleared).not.toHaveProperty('contact_memory')
    const audit = db.selectFrom('audit_entries').select(['action', 'actor']).where('subject_id', '=', made.contact_id)
    expect(await audit.orderBy('id').execute()).toEqual(
      ['contact.created', 'contact.edited', 'contact.edited'].map((action) => ({ action, actor: 'key:tester' })),
    )
  })

  test('of ten who add one number at once one does, and the others are told', async () => {
    const adding = Array.from({ length: 10 }, (_, at) =>
      refusal(contact.create({ phone_number: '+12125550101', first_name: `${at}`, tags: ['new', `n${at}`] })).catch(
        () => null,
      ),
    )
    const answers = await Promise.all(adding)
    expect(answers.filter((answer) => answer === null)).toHaveLength(1)
    const told = [400, 'A contact with phone number +12125550101 already exists.']
    expect(answers.filter((answer) => answer !== null)).toEqual(Array.from({ length: 9 }, () => told))
    expect((await contact.list({ search_query: '2125550101' })).total).toBe(1)
  })

  test('ten who edit one contact at once lose nothing', async () => {
    const { contact_id } = await contact.create({ phone_number: '+12125550102' })
    await Promise.all(
      Array.from({ length: 10 }, (_, at) => contact.update(contact_id, { custom_fields: { [`field_${at}`]: at } })),
    )
    const { custom_fields } = await contact.get(contact_id)
    expect(custom_fields).toEqual(Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`field_${at}`, at])))
  })

  const edit = async (body: object) => {
    const { contact_id } = await contact.getByPhone('+12125550100')
    return contact.update(contact_id, body as never)
  }
  test.each([
    ['a number that is none', () => contact.create({ phone_number: 'call me' }), 400, 'phone_number cannot be read'],
    ['no number', () => contact.create({} as never), 400, 'phone_number: '],
    ['a number to look up that is none', () => contact.getByPhone('nobody'), 400, 'phone_number cannot be read'],
    ['a number that nobody has', () => contact.getByPhone('+12125559999'), 404, 'no contact has this number'],
    ['an id that nobody has', () => contact.get('contact_999999'), 404, 'there is no contact contact_999999'],
    ['an id that is none', () => contact.update('nobody', {}), 404, 'there is no contact nobody'],
    ['deleting nobody', () => contact.delete('contact_999999'), 404, 'there is no contact contact_999999'],
    ['the conversations of nobody', () => contact.listConversations('contact_999999'), 404, 'there is no contact'],
    [
      'text for a number',
      () => edit({ custom_fields: { highest_budget: 'much' } }),
      400,
      'highest_budget: not a number',
    ],
    [
      'what is no option',
      () => edit({ custom_fields: { mood: 'so so' } }),
      400,
      "mood: not one of the field's options",
    ],
    ['text for a flag', () => edit({ custom_fields: { vip: 'perhaps' } }), 400, 'vip: neither true nor false'],
    [
      'a time without its zone',
      () => edit({ custom_fields: { last_call_at: 'today' } }),
      400,
      'last_call_at: not a time',
    ],
    ['a name that is taken', () => edit({ custom_fields: { contact_x: 1 } }), 400, 'names that start with contact'],
    ['another number', () => edit({ phone_number: '+12125550109' }), 400, 'phone_number'],
    ['a memory that is too long', () => edit({ contact_memory: 'x'.repeat(2_001) }), 400, 'contact_memory: '],
    ['51 tags', () => edit({ tags: Array.from({ length: 51 }, (_, at) => `t${at}`) }), 400, 'tags: '],
    ['a tag of 41 characters', () => edit({ tags: ['x'.repeat(41)] }), 400, 'tags.0: '],
    ['a blank tag', () => edit({ tags: [' '] }), 400, 'must not be blank'],
    ['a tag that there is not', () => edit({ contact_tag_ids: [tagA.id] }), 400, `there is no tag ${tagA.id}`],
    ['tags in both ways', () => edit({ tags: [], contact_tag_ids: [] }), 400, 'not both'],
    [
      'too many fields',
      () => edit({ custom_fields: Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`f${at}`, 1])) }),
      400,
      'at most 200 custom fields',
    ],
  ])('%s is refused', async (_, refused, status, message) => {
    expect(await refusal(refused())).toEqual([status, expect.stringContaining(message)])
  })

  test('without a key, and with JSON that is none', async () => {
    const stranger = new Retell({ apiKey: 'wrong', baseURL: retell.baseURL, maxRetries: 0 })
    expect(await refusal(stranger.contact.list())).toEqual([401, 'API key is missing or invalid.'])
    const broken = await request('POST', '/create-contact', '{"phone_number":', { 'content-type': 'application/json' })
    expect([broken.status, await broken.json()]).toEqual([
      400,
      { status: 'error', message: expect.stringContaining('line 1') },
    ])
  })
})
