import type { KyselyPlugin } from 'kysely'
import { describe, expect, test } from 'vitest'
import { explainField, undoRun } from '../../src/sync/index.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
world.hubspot.defineProperties([textField('plan_wanted'), textField('held_calls')])
await world.useMapping(`
version: 1
crm: hubspot
connection: main
object: contacts
match: [{ number: { of: [from_or_to], in: [phone] } }]
fields:
  - { from: plan, to: plan_wanted, values: { Basic: basic, Pro: pro, Team: team } }
  - { from: plan, field: held, to: held_calls, mode: count }
`)
await ask(world, plan)
const { useCases, actor } = world

/** What `why` says of a field, on the one record that the contact has. */
async function why(contact: string, field = 'plan_wanted') {
  const { records } = await useCases.explainField({ contact, field })
  const [record] = records
  if (!record || records.length > 1) throw new Error(`${records.length} records`)
  return record
}

/** A contact of January, with a value typed then unless told. */
function contactOf(phone: string, properties: Record<string, string> = { plan_wanted: 'basic' }) {
  return addContact(world, { properties: { phone, ...properties }, at: '2025-01-15T09:00:00Z' })
}

/** A call of that month in 2025, in which the customer says this. */
function callIn(month: string, number: string, says: string) {
  const turns = ['Hello "there" 👋', 'How can I help?', says]
  return call({ id: `${number} ${month}`, at: `2025-${month}-10T10:00:00Z`, number, turns })
}

describe('the whole chain behind a value', () => {
  const number = '+12125550101'

  test('from the value back to the words: rule, decision, analysis, run, turn and quote', async () => {
    const id = await contactOf(number)
    await world.take(callIn('04', number, 'I want the Pro plan.'))
    const { runId } = await world.rerun(`${number} 04`)
    const [file] = await world.db.selectFrom('rules').selectAll().where('field', '=', 'plan_wanted').execute()
    const text = '- { from: plan, to: plan_wanted, values: { Basic: basic, Pro: pro, Team: team } }'
    const rule = { mapping: 'contacts', path: 'contacts.yaml', line: 8, text, hash: file?.hash, mode: 'overwrite' }
    const run = { id: runId, kind: 'rerun', actor: 'cli:test', reason: 'test' }
    expect(await why(number)).toEqual({
      connection: 'main',
      object: 'contacts',
      externalId: id,
      field: 'plan_wanted',
      seen: 'pro',
      sent: 'pro',
      value: 'pro',
      rule,
      ruleNow: null,
      stayOut: 0,
      earlier: 0,
      neverAsked: null,
      notes: [],
      timeline: [
        {
          at: '2025-01-15T09:00:00.000Z',
          atLatest: false,
          kind: 'base',
          who: 'set before us by a person at 2025-01-15T09:00:00.000Z',
          value: 'basic',
          decides: false,
        },
        {
          at: '2025-04-10T10:00:00.000Z',
          atLatest: false,
          kind: 'said',
          who: `${number} 04`,
          value: 'pro',
          decides: true,
          evidence: [
            {
              turn: 3,
              quote: 'I want the Pro plan.',
              around: [
                { turn: 2, role: 'agent', text: 'How can I help?' },
                { turn: 3, role: 'user', text: 'I want the Pro plan.' },
              ],
            },
          ],
          analysis: { number: 1, model: 'sandbox-extractive-1', agentVersion: 0, current: true },
          run,
          match: { mapping: 'contacts', step: 'number' },
          decision: { decision: 'write', by: `${number} 04`, rule: rule.hash },
        },
      ],
      writes: [{ at: expect.any(String), run: runId, by: run, before: 'basic', after: 'pro', outcome: 'written' }],
    })
  })

  test('an edit since then is an event of its own, and says who', async () => {
    const [record] = (await useCases.explainField({ contact: number, field: 'plan_wanted' })).records
    const id = record?.externalId ?? ''
    world.hubspot.edit({ id, properties: { plan_wanted: 'it\'s \\ "mine"' }, as: 'person' })
    await world.rerun(`${number} 04`)
    const { value, timeline } = await why(number)
    expect(value).toBe('it\'s \\ "mine"')
    expect(timeline.map(({ kind, decides }) => [kind, decides])).toEqual([
      ['base', false],
      ['said', false],
      ['edited', true],
    ])
    expect(timeline[1]?.decision).toMatchObject({ decision: 'kept_edit', by: timeline[2]?.who })
    expect(timeline[2]).toMatchObject({ who: expect.stringMatching(/^edited by a person at 20/) })
  })
})

test('conversations that do not decide say what they said, or why nothing', async () => {
  const number = '+12125550102'
  await contactOf(number)
  const months = ['04', '05', '06', '07']
  const [april = '', may = '', june = '', july = ''] = months.map((month) => `${number} ${month}`)
  await world.take(
    callIn('04', number, 'I want the Basic plan.'),
    callIn('05', number, 'I want the Pro plan.'),
    callIn('06', number, 'Let us talk about the weather.'),
    callIn('07', number, 'I want the Team plan.'),
  )
  await world.rerun(may)
  await world.rerun(june)
  const { timeline, stayOut, neverAsked, value } = await why(number)
  expect(value).toBe('pro')
  expect(stayOut).toBe(1)
  expect(neverAsked).toEqual({
    conversations: 2,
    command: `afterword backfill plan --id '${july}' '${april}' --reason 'never asked for plan_wanted'`,
  })
  expect(timeline.map(({ who }) => who).slice(1)).toEqual([may, june, july])
  expect(timeline.slice(1)).toMatchObject([
    { kind: 'said', value: 'pro', decides: true, decision: { decision: 'write' } },
    { kind: 'nothing', value: null, decides: false, why: 'not_mentioned', decision: { decision: 'nothing_said' } },
    { kind: 'silent', value: null, decides: false, why: 'never_analysed' },
  ])
  expect(timeline[3]).not.toHaveProperty('analysis')

  await world.rerun(april)
  expect(await why(number)).toMatchObject({ stayOut: 0, value: 'pro' })
})

test('after an undo the field is known still, with what was written and what stands', async () => {
  const number = '+12125550103'
  await contactOf(number)
  await world.take(callIn('04', number, 'I want the Pro plan.'))
  const { runId } = await world.rerun(`${number} 04`)
  const undone = await undoRun(world, { runId, actor, reason: 'wrong prompt' })
  await world.push()
  expect(await why(number)).toMatchObject({
    value: 'basic',
    rule: null,
    timeline: [{ kind: 'base', value: 'basic', decides: true }],
    writes: [
      { run: undone.runId, before: 'pro', after: 'basic', outcome: 'written' },
      { run: runId, before: 'basic', after: 'pro', outcome: 'written' },
    ],
  })
})

test('0 is a value, and a cell that counts says so', async () => {
  const number = '+12125550104'
  await contactOf(number, { held_calls: '0' })
  await world.take(callIn('04', number, 'I want the Pro plan.'))
  await world.rerun(`${number} 04`)
  expect(await why(number, 'held_calls')).toMatchObject({
    value: 1,
    seen: '1',
    rule: { mode: 'count', line: 9 },
    timeline: [{ kind: 'base', value: '0' }, { kind: 'said' }],
    writes: [{ before: '0', after: '1' }],
  })
})

describe('what cannot be explained', () => {
  test('an unknown field lists the known ones', async () => {
    await expect(useCases.explainField({ contact: '+12125550101', field: 'plan' })).rejects.toMatchObject({
      code: 'field.not_found',
      status: 404,
      message: 'unknown field "plan"; known: held_calls, plan_wanted',
    })
  })

  test('a mistyped one names the nearest', async () => {
    await expect(useCases.explainField({ contact: '+12125550101', field: 'plan_wantet' })).rejects.toMatchObject({
      message: 'unknown field "plan_wantet"; did you mean "plan_wanted"?',
    })
  })

  test('an unknown contact is 404', async () => {
    await expect(useCases.explainField({ contact: '+12125550199', field: 'plan_wanted' })).rejects.toMatchObject({
      code: 'contact.not_found',
      status: 404,
    })
  })
})

describe('where nothing is in force', () => {
  test('a field that a rule would write says so, and which conversations nobody has asked', async () => {
    const number = '+12125550105'
    await contactOf(number)
    expect(await why(number)).toMatchObject({
      rule: null,
      ruleNow: { line: 8 },
      timeline: [],
      neverAsked: null,
      notes: [expect.stringContaining('No run has released anything to plan_wanted')],
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
    let count = 0
    const transformQuery: KyselyPlugin['transformQuery'] = ({ node }) => {
      count += 1
      return node
    }
    const db = world.db.withPlugin({ transformQuery, transformResult: async ({ result }) => result })
    const deps = { ...world, db, defaultCountry: 'US', now: () => new Date() }
    await explainField(deps, { contact: number, field: 'plan_wanted', limit })
    return count
  }
  expect(await statements(150)).toBe(await statements(5))
  expect(record?.neverAsked?.command.split(' --id ')[1]?.split("' '").length).toBe(20)
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

test('the CRM is asked only with live: then it says whether what it holds is what we last saw', async () => {
  const number = '+12125550101'
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

test('where a CRM keeps no history of a field, that is said', async () => {
  const row = await world.db.selectFrom('crm_schemas').select('fields').executeTakeFirstOrThrow()
  const fields = (row.fields as { name: string }[]).map((each) => ({ ...each, hasHistory: false }))
  await world.db
    .updateTable('crm_schemas')
    .set({ fields: JSON.stringify(fields) })
    .execute()
  const { notes } = await why('+12125550102')
  expect(notes).toContainEqual(expect.stringMatching(/^main keeps no history of plan_wanted: .*“at the latest”/))
})
