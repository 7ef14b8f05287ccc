import { expect, test, vi } from 'vitest'
import { forgetProvider } from '../support/forget-provider.ts'
import type { Door } from './door.ts'

const patience = { timeout: 25_000, interval: 100 }

/** What becomes of a request while the CRM or the model does not answer: the same for each CRM. */
export function describeOutages(door: Door): void {
  const { world, crm, importCrm, trigger, reached, ended, read, say, modelCalls } = door
  let people = 0

  function newPerson() {
    people += 1
    const number = `+1212555${1000 + people}`
    return { number, recordId: crm.addRecord(number) }
  }

  /** A person whom our index knows, who wanted these plans, one a day. */
  async function personWith(...plans: string[]): Promise<string> {
    const { number, recordId } = newPerson()
    await importCrm()
    for (const [day, wanted] of plans.entries())
      await say(`p${people}_${day}`, number, `2026-03-0${day + 1}T10:00:00Z`, wanted)
    return recordId
  }

  /** What waits for its time is due now: parked requests, and marks that a failed push has put off. */
  async function soon(): Promise<void> {
    const past = new Date(0)
    await world.db.updateTable('trigger_requests').set({ due_at: past }).where('state', '=', 'parked').execute()
    await world.db.updateTable('marks').set({ not_before: past }).execute()
  }

  async function endedSoon(id: string) {
    await vi.waitUntil(async () => {
      await soon()
      return (await read(id)).state === 'done'
    }, patience)
    return read(id)
  }

  test('while the CRM takes no write, the answer waits for the push, and comes after it', {
    timeout: 60_000,
  }, async () => {
    const recordId = await personWith('Pro')
    crm.refuse('writes', 1)
    const { id } = await trigger({ record_id: recordId })
    await vi.waitUntil(async () => crm.refusalsLeft() === 0, patience)
    const waiting = await read(id)
    expect(waiting).toMatchObject({ state: 'running', outcomes: [{ outcome: 'ok' }] })
    expect(waiting.message).toContain('waits to be pushed')
    expect(crm.held(recordId) ?? null).toBeNull()
    const status = await endedSoon(id)
    expect(status.message).toBe('Reran 1 conversation (call of 1 March 2026): 1 field changed.')
    expect(crm.held(recordId)).toBe('Pro')
  })

  test('where the model asks to wait, what was paid for is pushed, and the rest goes on by itself', async () => {
    const recordId = await personWith('Basic', 'Team', 'Pro')
    const before = modelCalls()
    // Long enough for all three to be under way: whoever asks later is not sent at all.
    world.models.admin.set({ latencyMs: 500 })
    world.models.admin.fault({ kind: 'status', status: 429, retryAfterSeconds: 600, match: 'the Team plan' })
    const { id } = await trigger({ record_id: recordId, conversations: 'all' })
    const parked = await reached(id, 'parked')
    expect(parked).toMatchObject({
      reason: 'model.rate_limited',
      message: expect.stringMatching(/^Waits, and goes on by itself at 20\S+Z: .*slow down/),
      outcomes: [{ outcome: 'ok' }, { outcome: null }, { outcome: 'ok' }],
    })
    expect(Date.parse(parked.next_try_at ?? '')).toBeGreaterThan(Date.now() + 500_000)
    await vi.waitUntil(() => crm.held(recordId) === 'Pro', patience)

    world.models.admin.set({ latencyMs: 0 })
    await forgetProvider(world)
    const status = await endedSoon(id)
    expect(status.message).toBe('Reran 3 conversations (1 March 2026 to 3 March 2026): 1 field changed.')
    expect(modelCalls() - before).toBe(4)
    expect(
      await world.db.selectFrom('runs').select('id').where('kind', '=', 'rerun').where('id', '>', 0).execute(),
    ).toContainEqual({
      id: status.run_id,
    })
  })

  test('what will not pass ends it as failed, with the reason in words', async () => {
    const recordId = await personWith('Pro')
    world.models.admin.fault({ kind: 'insufficient_quota' })
    const { id } = await trigger({ record_id: recordId })
    expect(await ended(id)).toMatchObject({
      state: 'failed',
      reason: 'model.quota',
      message: expect.stringMatching(
        /^Stopped: the model provider has no credit left for this key \(since .*asked again at/,
      ),
    })
    await forgetProvider(world)
  })

  test('where the only conversation fails, so does the request, and the field stays', async () => {
    const recordId = await personWith('Pro')
    world.models.admin.fault({ kind: 'refuse' })
    const { id } = await trigger({ record_id: recordId })
    expect(await ended(id)).toMatchObject({
      state: 'failed',
      reason: 'analysis',
      message: 'Reran no conversation. 1 conversation not rerun: the model declined to answer.',
    })
    expect(crm.held(recordId) ?? null).toBeNull()
  })

  test('an unknown record is asked for again when the CRM can be read', { timeout: 60_000 }, async () => {
    const { number, recordId } = newPerson()
    // Who calls alone is searched for, but is in no index yet.
    for (const vendor of [world.hubspot, world.salesforce]) vendor.configure({ searchLagMs: 1e12 })
    await say('stranger', number, '2026-03-01T10:00:00Z', 'Pro')
    // One try and its three repetitions.
    crm.refuse('reads', 4)
    const { id } = await trigger({ record_id: recordId })
    expect(await reached(id, 'parked')).toMatchObject({ reason: 'crm.unreachable', run_id: null })
    await endedSoon(id)
    expect(crm.held(recordId)).toBe('Pro')
  })

  test('a record that the CRM has lost meanwhile is told as such', async () => {
    const recordId = await personWith('Pro')
    crm.lose(recordId)
    const { id } = await trigger({ record_id: recordId })
    expect(await ended(id)).toMatchObject({
      state: 'done',
      message:
        'Reran 1 conversation (call of 1 March 2026): no field was written. ' +
        `${crm.account} has no contact ${recordId} any more.`,
    })
  })
}
