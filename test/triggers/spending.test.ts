import { describe, expect, test } from 'vitest'
import { openDoor } from './door.ts'

describe.each(['hubspot', 'salesforce'] as const)('asked by %s', async (on) => {
  const { world, crm, importCrm, trigger, reached, ended, say, modelCalls } = await openDoor({}, { on })
  const { limitKey } = world.useCases

  test('beyond the limit of its key a request is parked, and goes on by itself when that is raised', async () => {
    const number = '+12125550101'
    const recordId = crm.addRecord(number)
    await importCrm()
    for (const day of [1, 2]) await say(`c${day}`, number, `2026-03-0${day}T10:00:00Z`, 'Pro')
    await limitKey({ name: 'crm', actor: world.actor, limits: { usdPerDay: 0.000001 } })
    const { id } = await trigger({ record_id: recordId, conversations: 'all' })
    const parked = await reached(id, 'parked')
    expect(parked).toMatchObject({ reason: 'spending.limit', message: expect.stringContaining('key:crm') })
    expect(modelCalls()).toBe(0)

    await limitKey({ name: 'crm', actor: world.actor, limits: { usdPerDay: 5 } })
    expect((await ended(id)).message).toBe('Reran 2 conversations (1 March 2026 to 2 March 2026): 1 field changed.')
    expect(modelCalls()).toBe(2)
  })

  test('a limit that leaves enough for some lets some through, and is never exceeded', async () => {
    const { spent } = await world.db
      .selectFrom('budgets')
      .select((eb) => eb.fn.max<number>('spent_usd').as('spent'))
      .where('scope', '=', 'key:crm')
      .executeTakeFirstOrThrow()
    // A call reserves more than it costs, so that the second of two at once may have to wait for the first.
    const cap = Number(spent) + 0.0022
    await limitKey({ name: 'crm', actor: world.actor, limits: { usdPerDay: cap } })
    const ids: string[] = []
    for (let person = 1; person <= 12; person += 1) {
      const number = `+1212555${2000 + person}`
      const recordId = crm.addRecord(number)
      await say(`p${person}`, number, '2026-03-05T10:00:00Z', 'Team')
      ids.push((await trigger({ record_id: recordId })).id)
    }
    const states = await Promise.all(ids.map(async (id) => (await reached(id, 'done', 'parked')).state))
    expect(new Set(states)).toEqual(new Set(['done', 'parked']))
    const budget = world.db.selectFrom('budgets').select(['spent_usd', 'reserved_usd']).where('scope', '=', 'key:crm')
    for (const { spent_usd, reserved_usd } of await budget.execute())
      expect(Number(spent_usd) + Number(reserved_usd)).toBeLessThanOrEqual(cap)
    await limitKey({ name: 'crm', actor: world.actor, limits: { usdPerDay: 100 } })
    for (const id of ids) expect(await ended(id)).toMatchObject({ state: 'done' })
  }, 60_000)
})
