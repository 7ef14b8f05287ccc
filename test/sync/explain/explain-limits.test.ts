import { describe, expect, test } from 'vitest'
import { explainField } from '../../../src/sync/index.ts'
import { call } from '../../support/conversations.ts'
import { countStatements } from '../../support/database.ts'
import { createWhyWorld } from './why-world.ts'

const { world, useCases, actor, why, contactOf, callIn } = await createWhyWorld()

describe('where nothing is in force', () => {
  test('a field that a rule would write says so, and which conversations nobody has asked', async () => {
    const number = '+12125550105'
    await contactOf(number)
    // As where only records are known, from before the import read mapped fields.
    await world.db.deleteFrom('crm_schemas').execute()
    expect(await why(number)).toMatchObject({
      rule: null,
      ruleNow: { line: 8 },
      timeline: [],
      neverAsked: null,
      // `why` does not ask for them either.
      notes: [
        expect.stringContaining('No run has released anything to plan_wanted'),
        'The fields of contacts of main have not been read yet.',
      ],
    })
    await world.take(callIn('04', number, 'I want the Pro plan.'))
    expect(await why(number)).toMatchObject({
      neverAsked: { conversations: 1, command: expect.stringContaining(`--id '${number} 04'`) },
    })
  })

  test('a contact without a record says why, and where to say whose it is', async () => {
    const [alone, shared] = ['+12125550106', '+12125550107']
    await world.take(callIn('04', alone, 'I want the Pro plan.'))
    expect(await useCases.explainField({ contact: alone, field: 'plan_wanted' })).toMatchObject({
      records: [],
      unlinked: {
        total: 1,
        conversations: [{ conversationId: `${alone} 04`, decision: 'no_record', step: null }],
        command: 'afterword match list --mapping contacts',
      },
    })
    await contactOf(shared)
    await contactOf(shared)
    await world.take(callIn('04', shared, 'I want the Pro plan.'))
    const { records, unlinked } = await useCases.explainField({ contact: shared, field: 'plan_wanted' })
    expect(records.length).toBe(2)
    expect(unlinked).toMatchObject({ total: 1, conversations: [{ decision: 'ambiguous', step: 'number' }] })
  })
})

test('how a conversation was matched by hand: the run, with who and why', async () => {
  const number = '+12125550108'
  const other = await contactOf('+12125550109', {})
  await contactOf(number)
  await world.take(callIn('04', number, 'I want the Pro plan.'))
  await world.rerun(`${number} 04`)
  const said = { conversationId: `${number} 04`, record: other, actor, reason: 'her sister called' }
  const { runId } = await useCases.resolveMatch(said)
  await world.push()
  const { timeline } = await why('+12125550109')
  expect(timeline.at(-1)).toMatchObject({
    value: 'pro',
    match: { step: 'person', run: { id: runId, kind: 'match', actor: 'cli:test', reason: 'her sister called' } },
  })
})

test('of hundreds of events the newest are told, the deciding one, and how many there are', async () => {
  const number = '+12125550110'
  await contactOf(number)
  await world.take(callIn('03', number, 'I want the Pro plan.'))
  await world.rerun(`${number} 03`)
  const later = Array.from({ length: 150 }, (_, place) =>
    call({
      id: `${number} later ${place}`,
      at: new Date(Date.UTC(2025, 5, 1) + place * 3_600_000).toISOString(),
      number,
      turns: ['Let us talk about the weather.'],
    }),
  )
  await world.take(...later)
  const { records } = await useCases.explainField({ contact: number, field: 'plan_wanted', limit: 5 })
  const [record] = records
  expect(record?.timeline.map(({ who }) => who)).toEqual([
    `${number} 03`,
    ...[145, 146, 147, 148, 149].map((place) => `${number} later ${place}`),
  ])
  expect(record).toMatchObject({ earlier: 146, value: 'pro', neverAsked: { conversations: 150 } })
  const statements = async (limit: number) => {
    const { db, count } = countStatements(world.db)
    const deps = { ...world, db, defaultCountry: 'US', now: () => new Date() }
    await explainField(deps, { contact: number, field: 'plan_wanted', limit })
    return count()
  }
  expect(await statements(150)).toBe(await statements(5))
  expect(record?.neverAsked?.command.split(' --id ')[1]?.split("' '").length).toBe(20)
})

test('the CRM is asked only with live: then it says whether what it holds is what we last saw', async () => {
  const number = '+12125550112'
  await contactOf(number)
  await world.take(callIn('04', number, 'I want the Pro plan.'))
  await world.rerun(`${number} 04`)
  const [record] = (await useCases.explainField({ contact: number, field: 'plan_wanted' })).records
  const live = async () =>
    (await useCases.explainField({ contact: number, field: 'plan_wanted', live: true })).records[0]?.live
  expect(await live()).toEqual({ value: record?.seen, differs: false })
  world.hubspot.edit({ id: record?.externalId ?? '', properties: { plan_wanted: 'since' }, as: 'person' })
  expect(await live()).toEqual({ value: 'since', differs: true })

  world.account.fail('any', 'error', 1_000)
  expect(await live()).toMatchObject({ failed: { code: 'crm.unreachable' } })
  const calls = world.account.count('any').calls
  expect(await why(number)).toEqual(record)
  expect(world.account.count('any').calls).toBe(calls)
  world.account.recover()
})

describe('a changed rule', () => {
  const number = '+12125550111'

  test('is told beside the one that decides until the next release; a removed one, and one that only watches, too', async () => {
    await contactOf(number)
    await world.take(callIn('04', number, 'I want the Pro plan.'))
    await world.rerun(`${number} 04`)
    const was = (await why(number)).rule
    const file = (fields: string, more = '') => `
version: 1
crm: hubspot
connection: main
object: contacts
${more}match: [{ number: { of: [from_or_to], in: [phone] } }]
fields: [${fields}]
`
    await world.useMapping(file('{ from: plan, to: plan_wanted, mode: fill_if_empty }'))
    const changed = await why(number)
    expect(changed).toMatchObject({
      rule: was,
      ruleNow: { mode: 'fill_if_empty', text: 'fields: [{ from: plan, to: plan_wanted, mode: fill_if_empty }]' },
      notes: [expect.stringContaining('a changed rule takes over at the next release')],
    })
    await world.useMapping(file('{ from: plan, field: held, to: held_calls, mode: count }', 'write: false\n'))
    expect(await why(number)).toMatchObject({
      rule: was,
      ruleNow: null,
      notes: [expect.stringContaining('removed or renamed'), expect.stringContaining('write: false')],
    })
  })
})

test('where a CRM keeps no history of a field, that is said', async () => {
  const row = await world.db.selectFrom('crm_schemas').select('fields').executeTakeFirstOrThrow()
  const fields = (row.fields as { name: string }[]).map((each) => ({ ...each, hasHistory: false }))
  await world.db
    .updateTable('crm_schemas')
    .set({ fields: JSON.stringify(fields) })
    .execute()
  const { notes } = await why('+12125550110')
  expect(notes).toContainEqual(expect.stringMatching(/^main keeps no history of plan_wanted: .*“at the latest”/))
})
