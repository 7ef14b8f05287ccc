import { describe, expect, test } from 'vitest'
import { defineKey, loggedOf } from '../../support/activities.ts'
import { createWorldOn } from '../../support/world.ts'
import { newRow } from './draft.ts'

/** An org of its own, as its admin has made it. */
async function org(admin: (salesforce: Awaited<ReturnType<typeof createWorldOn>>['salesforce']) => void) {
  const world = await createWorldOn(['salesforce'])
  admin(world.salesforce)
  await world.crm.account()
  const [contact = ''] = world.account.createContacts([{ properties: {} }])
  return { world, contact }
}

describe('a task', async () => {
  const german = await org((salesforce) => {
    salesforce.defineTaskStatuses([
      { value: 'Offen', isClosed: false },
      { value: 'Erledigt', isClosed: true },
    ])
  })
  const plain = await org(() => undefined)

  test('is done in the words of the org, on its day, and cut to its fields', async () => {
    const { world, contact } = german
    defineKey(world)
    const row = newRow(contact, {
      key: 'call_german',
      startedAt: new Date('2026-04-11T02:30:00Z'),
      summary: 'line\n'.repeat(20_000),
      disconnectionReason: 'x'.repeat(300),
    })
    expect(await world.crm.activities?.write([row])).toMatchObject([{ outcome: 'written' }])
    const [task] = loggedOf(world, 'call_german')
    // The org's day: it was still the tenth in California.
    expect(task?.values).toMatchObject({ Status: 'Erledigt', TaskSubtype: 'Call', CallType: 'Outbound' })
    expect(task?.values.CallDurationInSeconds).toBe(61)
    expect(String(task?.values.Description).length).toBeLessThanOrEqual(32_000)
    expect(String(task?.values.Description).length).toBeGreaterThan(31_900)
    expect(String(task?.values.CallDisposition)).toHaveLength(255)
    const account = await world.crm.account()
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: account.timeZone }).format(row.draft.startedAt)
    expect(task?.values.ActivityDate).toBe(day)
  })

  test('without a person is none: it is never sent without whom it hangs on', async () => {
    const { world, contact } = plain
    world.salesforce.remove({ object: 'Contact', id: contact })
    const [outcome] = (await world.crm.activities?.write([newRow(contact, { key: 'call_nobody' })])) ?? []
    expect(outcome?.outcome).toBe('rejected')
    expect(loggedOf(world, 'call_nobody')).toEqual([])
  })
})
