import { expect, test } from 'vitest'
import type { Door } from './door.ts'

/** What a CRM can ask, and what it is answered: the same for each of them. */
export function describeAsking(door: Door): void {
  const { world, crm, importCrm, app, key, send, trigger, answer, ended, say, modelCalls } = door
  let people = 0

  /** A person whom our index knows, with so many calls on the first days of March; wants Basic, then Pro, then Team. */
  async function personWith(callCount: number) {
    people += 1
    const prefix = `p${people}`
    const number = `+1212555${1000 + people}`
    const recordId = crm.addRecord(number)
    await importCrm()
    for (let day = 1; day <= callCount; day += 1)
      await say(`${prefix}_${day}`, number, `2026-03-0${day}T10:00:00Z`, ['Basic', 'Pro', 'Team'][(day - 1) % 3] ?? '')
    return { recordId, callId: (day: number) => `${prefix}_${day}` }
  }

  test('the latest conversation of a record is rerun and pushed; the answer is a sentence, and every field', async () => {
    const { recordId, callId } = await personWith(3)
    const accepted = await trigger({ record_id: recordId })
    expect(accepted).toEqual({
      id: expect.stringMatching(/^trigger_\d+$/),
      state: 'waiting',
      message: expect.stringContaining(`${crm.account}, record ${recordId}`),
      status_url: `http://localhost/v1/triggers/requests/${accepted.id}`,
    })
    const status = await ended(accepted.id)
    expect(status).toMatchObject({
      state: 'done',
      reason: null,
      message: 'Reran 1 conversation (call of 3 March 2026): 1 field changed.',
      record_id: recordId,
      outcomes: [{ conversation_id: callId(3), outcome: 'ok', cached: false }],
      fields: [{ record: recordId, field: crm.field, before: null, after: 'Team', decision: 'write' }],
    })
    expect(crm.held(recordId)).toBe('Team')
    const run = await world.db.selectFrom('runs').selectAll().where('id', '=', status.run_id).executeTakeFirstOrThrow()
    expect(run).toMatchObject({ kind: 'rerun', actor: `trigger:${crm.connection}` })
    expect(run.reason).toContain(recordId)
    expect(run.reason).toContain(accepted.id)
    const row = world.db.selectFrom('trigger_requests').select('key_name').where('run_id', '=', status.run_id)
    expect(await row.executeTakeFirst()).toEqual({ key_name: 'crm' })

    const again = await answer({ record_id: recordId })
    expect(again.message).toBe('Reran 1 conversation (call of 3 March 2026): 1 field already right.')
    expect(again.outcomes).toMatchObject([{ cached: true }])
  })

  test('all, since and most choose among them, the newest first, and are one run that writes once', async () => {
    const { recordId, callId } = await personWith(5)
    const [calls, writes] = [modelCalls(), crm.writes()]
    const two = await answer({ record_id: recordId, conversations: 'all', most: 2 })
    expect(two.outcomes.map((each) => each.conversation_id)).toEqual([callId(5), callId(4)])
    expect(two).toMatchObject({
      left_out: 3,
      message:
        'Reran 2 conversations (4 March 2026 to 5 March 2026): 1 field changed. ' +
        '3 older conversations left out: no more were asked for at once.',
    })
    const since = await answer({ record_id: recordId, conversations: { since: '2026-03-03' } })
    expect(since.outcomes.map((each) => each.conversation_id)).toEqual([callId(5), callId(4), callId(3)])
    const all = await answer({ record_id: recordId, conversations: 'all' })
    expect(all.outcomes).toHaveLength(5)
    expect(all).toMatchObject({ left_out: 0, fields: [{ before: 'Pro', after: 'Pro', decision: 'equal' }] })
    const none = await answer({ record_id: recordId, since: '2026-04-01' })
    expect(none).toMatchObject({ state: 'done', reason: 'no_conversation', outcomes: [], run_id: null })
    expect(modelCalls() - calls).toBe(5)
    expect(crm.writes() - writes).toBe(1)
  })

  test('a record that our index does not know is read from the CRM and taken over', async () => {
    people += 1
    const number = `+1212555${1000 + people}`
    await say('stranger', number, '2026-03-03T10:00:00Z', 'Pro')
    const recordId = crm.addRecord(number)
    const status = await answer({ objectId: recordId, objectType: 'CONTACT' })
    expect(status).toMatchObject({ state: 'done', outcomes: [{ conversation_id: 'stranger', outcome: 'ok' }] })
    expect(crm.held(recordId)).toBe('Pro')
  })

  test('a record that the CRM has not, or that has no conversation, is an answer that its user can read', async () => {
    expect(await answer({ record_id: crm.missingId })).toMatchObject({
      state: 'done',
      reason: 'no_record',
      message: `There is no contact ${crm.missingId} in ${crm.account}.`,
    })
    const { recordId } = await personWith(0)
    expect(await answer({ record_id: recordId })).toMatchObject({
      state: 'done',
      reason: 'no_conversation',
      message: 'This contact has no conversation in Afterword.',
    })
  })

  test('a conversation that fails or says nothing is told, and stops no other', async () => {
    const { recordId, callId } = await personWith(3)
    world.models.admin.fault({ kind: 'refuse', match: 'Pro plan' })
    const status = await answer({ record_id: recordId, conversations: 'all' })
    expect(status.outcomes).toMatchObject([
      { conversation_id: callId(3), outcome: 'ok' },
      { conversation_id: callId(2), outcome: 'refused' },
      { conversation_id: callId(1), outcome: 'ok' },
    ])
    expect(status.message).toBe(
      'Reran 2 conversations (1 March 2026 to 3 March 2026): 1 field changed. ' +
        '1 conversation not rerun: the model declined to answer.',
    )
  })

  test('twenty that ask at once under one key are one request, also when it has long been answered', async () => {
    const { recordId } = await personWith(1)
    const calls = modelCalls()
    const bodies = Array.from({ length: 20 }, () =>
      trigger({ record_id: recordId }, { 'idempotency-key': 'enrolment 7' }),
    )
    const [first = '', ...others] = new Set((await Promise.all(bodies)).map((accepted) => accepted.id))
    expect(others).toEqual([])
    await ended(first)
    expect(await trigger({ record_id: recordId, request_key: 'enrolment 7' })).toMatchObject({
      id: first,
      state: 'done',
    })
    expect(modelCalls() - calls).toBe(1)
    const kept = world.db.selectFrom('trigger_requests').select('request_key').where('request_key', 'is not', null)
    expect(JSON.stringify(await kept.execute())).not.toContain('enrolment')
  })

  test('requests are listed, by connection and record', async () => {
    const { recordId } = await personWith(1)
    const { id } = await answer({ record_id: recordId })
    const list = async (query: string) =>
      Object(await (await send('GET', `/v1/triggers/requests?${query}`)).json()).items
    expect(await list(`connection=${crm.connection}&record_id=${recordId}`)).toMatchObject([{ id, state: 'done' }])
    expect(await list('connection=other')).toEqual([])
  })

  test('the key goes in either header and nowhere else', async () => {
    const { recordId } = await personWith(0)
    const path = `/v1/triggers/${crm.connection}?record_id=${recordId}`
    const ask = async (headers: Record<string, string>, more = '') =>
      (await app.request(path + more, { method: 'POST', headers })).status
    expect(await ask({ 'x-afterword-key': key })).toBe(202)
    expect(await ask({ authorization: `Bearer ${key}` })).toBe(202)
    expect(await ask({ 'x-afterword-key': `${key}x` })).toBe(401)
    expect(await ask({}, `&key=${key}&x-afterword-key=${key}`)).toBe(401)
  })

  test('behind a proxy that ends its TLS, the status address is that of the outside', async () => {
    const { recordId } = await personWith(0)
    const accepted = await trigger({ record_id: recordId }, { 'x-forwarded-proto': 'https' })
    expect(accepted.status_url).toBe(`https://localhost/v1/triggers/requests/${accepted.id}`)
  })

  test.each([
    [{}, 'record_id: is missing'],
    [{ record_id: crm.brokenId }, 'record_id: is none of '],
    [{ record_id: crm.missingId, object: 'deals' }, `object: must be one that the mapping files name: ${crm.object}`],
    [{ record_id: crm.missingId, conversations: 'newest' }, 'conversations: '],
  ])('%j is 400: %s', async (body, problem) => {
    const refused = await send('POST', `/v1/triggers/${crm.connection}`, body)
    expect(refused.status).toBe(400)
    expect(await refused.text()).toContain(problem)
  })

  test('a connection that nobody configured is 404 and names those there are; an unknown request is 404', async () => {
    const refused = await send('POST', '/v1/triggers/mian', { record_id: '1' })
    expect(refused.status).toBe(404)
    expect(await refused.text()).toMatch(/configured: main/)
    for (const id of ['trigger_99999', 'trigger_x', '7'])
      expect((await send('GET', `/v1/triggers/requests/${id}`)).status).toBe(404)
  })

  test('a record that was merged in the CRM is the one it became, known to our index or not', async () => {
    const { recordId, callId } = await personWith(1)
    people += 1
    const number = `+1212555${1000 + people}`
    await say('of_the_other', number, '2026-03-05T10:00:00Z', 'Team')
    const unknown = crm.addRecord(number)
    const merged = await crm.merge(recordId, unknown)
    for (const id of [merged, unknown, recordId]) {
      const { outcomes } = await answer({ record_id: id, conversations: 'all' })
      expect(outcomes.map((each) => each.conversation_id)).toEqual([callId(1)])
    }
    expect(crm.held(merged)).toBe('Basic')
  })

  test('what is answered at once is described flat, as a Salesforce Flow can read it', async () => {
    const { components } = Object(await (await send('GET', '/openapi.json')).json())
    const described = components.schemas.TriggerAccepted
    expect(Object.keys(described.properties)).toEqual(['id', 'state', 'message', 'status_url'])
    expect(JSON.stringify(described)).not.toMatch(/anyOf|allOf|oneOf|null/)
  })
}
