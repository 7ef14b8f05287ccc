import { describe, expect, test } from 'vitest'
import { undoRun } from '../../../src/sync/index.ts'
import { createWhyWorld } from './why-world.ts'

const { world, useCases, actor, why, contactOf, callIn } = await createWhyWorld()

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
