import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { openDoor } from './door.ts'

const most = 4
describe.each(['hubspot', 'salesforce'] as const)('asked by %s', async (on) => {
  const { world, crm, importCrm, trigger, answer, ended, say, modelCalls } = await openDoor(
    { AFTERWORD_TRIGGER_RERUNS_PER_CONTACT_AND_HOUR: String(most) },
    { on },
  )

  test('a contact is rerun so often within an hour, whichever of its records asks, however many ask at once', async () => {
    const number = '+12125550101'
    const [one, other] = [crm.addRecord(number), crm.addRecord(number)]
    await importCrm()
    // Two records have the number: each call is theirs who is named by it alone, so the links are given.
    await say('c1', number, '2026-03-03T10:00:00Z', 'Pro')
    await world.db
      .updateTable('links')
      .set({ state: 'matched', record_id: recordId(one) })
      .execute()
    await say('c2', number, '2026-03-04T10:00:00Z', 'Team')
    await world.db
      .updateTable('links')
      .set({ state: 'matched', record_id: recordId(other) })
      .where('conversation_id', '=', 'c2')
      .execute()

    const asked = await Promise.all(
      [one, other].flatMap((record) =>
        Array.from({ length: 6 }, (_, n) => trigger({ record_id: record, request_key: `${record} ${n}` })),
      ),
    )
    expect(asked.map((accepted) => accepted.state)).toEqual(asked.map(() => 'waiting'))
    const statuses = await Promise.all(asked.map(({ id }) => ended(id)))
    const byState = Object.groupBy(statuses, (status) => status.state)
    expect(byState.done).toHaveLength(most)
    expect(byState.refused).toHaveLength(12 - most)
    expect(byState.refused?.[0]).toMatchObject({
      reason: 'hour_limit',
      message:
        'Not rerun: this contact was rerun 4 times in the last hour, the most this installation allows ' +
        '(AFTERWORD_TRIGGER_RERUNS_PER_CONTACT_AND_HOUR).',
      outcomes: [],
      run_id: null,
    })
    expect(modelCalls()).toBeLessThanOrEqual(2)

    await world.db
      .updateTable('trigger_requests')
      .set({ admitted_at: sql<Date>`admitted_at - interval '1 hour'` })
      .execute()
    expect(await answer({ record_id: one })).toMatchObject({ state: 'done' })
  })
})

function recordId(externalId: string) {
  return sql<number>`(select id from crm_records where external_id = ${externalId})`
}
