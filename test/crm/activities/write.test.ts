import { beforeEach, describe, expect, test } from 'vitest'
import type { ActivityRow } from '../../../src/crm/index.ts'
import { kinds } from '../../support/accounts/account.ts'
import { activityCalls, defineKey, failCreation, keyField, logged, loggedOf } from '../../support/activities.ts'
import { createWorldOn } from '../../support/world.ts'
import { newRow } from './draft.ts'

const cases = kinds.flatMap((kind) => [
  { kind, hasKey: true },
  { kind, hasKey: false },
])

describe.each(cases)('activities of $kind, key: $hasKey', async ({ kind, hasKey }) => {
  const world = await createWorldOn([kind])
  if (hasKey) defineKey(world)
  const { crm, account, hubspot, salesforce } = world
  const [contact = '', other = ''] = account.createContacts([{ properties: {} }, { properties: {} }])
  beforeEach(async () => {
    account.recover()
    // A day without calls is over.
    await world.db.deleteFrom('call_days').execute()
  })

  const write = async (rows: ActivityRow[]) => (await crm.activities?.write(rows)) ?? []
  const many = (name: string, count: number) =>
    Array.from({ length: count }, (_, place) => newRow(contact, { key: `${name}_${place}` }))

  test('tell whether the account has the key', async () => {
    const keys = (await crm.activities?.keys()) ?? []
    expect(keys.map(({ field, isThere }) => [field, isThere])).toEqual(
      kind === 'hubspot'
        ? [
            [keyField.hubspot, hasKey],
            [keyField.hubspot, hasKey],
          ]
        : [[keyField.salesforce, hasKey]],
    )
    expect(keys.flatMap((key) => key.kinds)).toEqual(['call', 'chat'])
  })

  test('answer in the order of the rows, and cost one call for a batch', async () => {
    const before = activityCalls(world)
    const rows = many('batch', 250)
    const outcomes = await write(rows)
    expect(outcomes.map(({ key }) => key)).toEqual(rows.map(({ draft }) => draft.key))
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['written']))
    expect(activityCalls(world) - before).toBe(kind === 'hubspot' ? 3 : 2)
    for (const { key, activityId } of outcomes.slice(0, 5))
      expect(loggedOf(world, key)).toMatchObject([{ id: activityId }])
    expect(outcomes.filter(({ key, activityId }) => loggedOf(world, key)[0]?.id !== activityId)).toEqual([])
  })

  test('long keys are looked for in as many queries as they take', async () => {
    const rows = many('l'.repeat(190), 150)
    expect((await write(rows)).filter(({ outcome }) => outcome !== 'written')).toEqual([])
    const again = await write(rows.map((row) => ({ ...row, isUnsure: true })))
    expect(again.filter(({ outcome }) => outcome !== 'written')).toEqual([])
    expect(new Set(rows.map(({ draft }) => loggedOf(world, draft.key).length))).toEqual(new Set([1]))
  })

  test('a bad row fails alone', async () => {
    const rows = [...many('fine', 3), newRow('no_such_record', { key: 'bad_record' })]
    const outcomes = await write(rows)
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['written', 'written', 'written', 'rejected'])
    expect(loggedOf(world, 'bad_record')).toEqual([])
  })

  test('what is written by its id keeps it, and moves where it is to hang elsewhere', async () => {
    const [made] = await write([newRow(contact, { key: 'moving' })])
    const row = { ...newRow(other, { key: 'moving', summary: 'Changed.' }), activityId: made?.activityId ?? null }
    expect(await write([{ ...row, hangsOn: contact }])).toMatchObject([
      { outcome: 'written', activityId: made?.activityId },
    ])
    expect(loggedOf(world, 'moving')).toMatchObject([{ id: made?.activityId, contacts: [other] }])
    expect(loggedOf(world, 'moving')[0]?.body).toContain('Changed.')
  })

  test('one that is gone is missing; removing it again is no failure', async () => {
    const [made] = await write([newRow(contact, { key: 'going' })])
    const gone = { key: 'going', kind: 'call' as const, activityId: made?.activityId ?? '', recordId: contact }
    expect(await crm.activities?.remove([gone])).toMatchObject([{ outcome: 'written' }])
    expect(loggedOf(world, 'going')).toEqual([])
    expect(await crm.activities?.remove([gone])).toMatchObject([{ outcome: 'written' }])
    const again = { ...newRow(contact, { key: 'going' }), activityId: gone.activityId, hangsOn: contact }
    expect(await write([again])).toMatchObject([{ outcome: 'missing' }])
  })

  test.runIf(hasKey)('the same at once is made once', async () => {
    salesforce.configure({ latencyMs: 30 })
    const answers = await Promise.all([1, 2, 3].map(() => write([newRow(contact, { key: 'racing' })])))
    salesforce.configure({ latencyMs: 0 })
    expect(loggedOf(world, 'racing')).toHaveLength(1)
    expect(answers.flat().map(({ outcome }) => outcome)).toEqual(['written', 'written', 'written'])
  })

  test.each(['after_commit', 'cut'] as const)('an answer lost (%s) leaves one, known or not', async (fault) => {
    failCreation(world, fault, { hasKey, ...(fault === 'after_commit' && { status: 502 }) })
    const key = `lost_${fault}`
    const [first] = await write([newRow(contact, { key })])
    expect(first?.outcome).toBe(hasKey ? 'written' : 'unknown')
    expect(loggedOf(world, key)).toHaveLength(1)
    const [second] = await write([{ ...newRow(contact, { key }), isUnsure: !hasKey }])
    expect(second).toMatchObject({ outcome: 'written', activityId: loggedOf(world, key)[0]?.id })
    expect(loggedOf(world, key)).toMatchObject([{ contacts: [contact] }])
  })

  test('a rate limit leaves them for later, and nothing half done', async () => {
    const before = logged(world).length
    account.configure({ dailyLimit: 1 })
    const outcomes = await write(many('limited', 3))
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['later', 'later', 'later'])
    expect(outcomes[0]?.retryAfterMs).toBeGreaterThan(60_000)
    expect(logged(world)).toHaveLength(before)
  })

  test.runIf(kind === 'hubspot')('a missing permission is told, and asked for again an hour later', async () => {
    hubspot.addFault({ operation: 'calls.batch_create', kind: 'status', status: 403 })
    const [outcome] = await write([newRow(contact, { key: 'forbidden' })])
    expect(outcome).toMatchObject({ outcome: 'later', retryAfterMs: 3_600_000 })
    expect(outcome?.reason).toContain('scopes to read and write calls')
  })

  test.runIf(kind === 'hubspot')('results are told apart where HubSpot repeats no trace ids', async () => {
    hubspot.configure({ echoTraceIds: false })
    const outcomes = await write(many('silent', 20))
    hubspot.configure({ echoTraceIds: true })
    expect(outcomes.filter(({ key, activityId }) => loggedOf(world, key)[0]?.id !== activityId)).toEqual([])
  })
})
