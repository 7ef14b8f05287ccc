import { describe, expect, test } from 'vitest'
import { undoRun } from '../../src/sync/index.ts'
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
    const rule = { mapping: 'contacts', path: 'contacts.yaml', line: 8, hash: file?.hash, mode: 'overwrite' }
    expect(await why(number)).toEqual({
      connection: 'main',
      externalId: id,
      field: 'plan_wanted',
      seen: 'pro',
      sent: 'pro',
      value: 'pro',
      rule,
      stayOut: 0,
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
          evidence: [{ turn: 3, quote: 'I want the Pro plan.' }],
          analysis: { number: 1, model: 'sandbox-extractive-1', agentVersion: 0, current: true },
          run: { id: runId, kind: 'rerun', actor: 'cli:test', reason: 'test' },
          decision: { decision: 'write', by: `${number} 04`, rule: rule.hash },
        },
      ],
      writes: [{ at: expect.any(String), run: runId, before: 'basic', after: 'pro', outcome: 'written' }],
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
  const { timeline, stayOut, value } = await why(number)
  expect(value).toBe('pro')
  expect(stayOut).toBe(1)
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
      message: 'no rule has said anything to plan; known fields: held_calls, plan_wanted',
    })
  })

  test('a contact that no conversation has reached says so', async () => {
    await contactOf('+12125550105')
    await expect(useCases.explainField({ contact: '+12125550105', field: 'plan_wanted' })).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('no conversation has reached any field yet'),
    })
  })

  test('an unknown contact is 404', async () => {
    await expect(useCases.explainField({ contact: '+12125550199', field: 'plan_wanted' })).rejects.toMatchObject({
      code: 'contact.not_found',
      status: 404,
    })
  })
})
