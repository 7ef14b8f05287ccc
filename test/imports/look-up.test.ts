import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { kinds } from '../support/accounts/account.ts'
import { backfill } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { mappingFor, useRules } from '../support/mappings.ts'
import type { World } from '../support/world.ts'
import { linkOf } from '../sync/link/links.ts'
import { importChanges, openImports } from './imports-world.ts'

const longAgo = '2025-01-15T09:00:00Z'
const april = { at: '2025-04-10T10:00:00Z', turns: ['I want the Pro plan.'] }
const number = '+12125550101'

/** An account that was imported once, before anybody was in it. */
async function importedAccount(kind: (typeof kinds)[number]) {
  const world = await openImports(kind)
  await importChanges(world)
  return { world, searches: () => world.account.count('search').calls }
}

async function takeCall({ take }: World, id: string, from = number) {
  await take(call({ id, number: from, ...april }))
}

describe.each(kinds)('a caller whom no import has seen yet, on %s', (kind) => {
  test('is searched for when the call is rerun: written as people write numbers, and found', async () => {
    const { world } = await importedAccount(kind)
    const [id = ''] = world.account.createContacts([
      { properties: { phone: '(212) 555-0101', firstname: 'Zoë' }, at: longAgo },
      { properties: { mobilephone: '+44 212 555 0101' }, at: longAgo },
    ])
    await takeCall(world, 'a')
    await world.rerun('a')
    expect(await linkOf(world, 'a')).toMatchObject({ state: 'matched', record: id })
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Pro' })
  })

  test('is parked where two have the number', async () => {
    const { world } = await importedAccount(kind)
    const two = { phone: '212-555-0101' }
    world.account.createContacts([
      { properties: two, at: longAgo },
      { properties: two, at: longAgo },
    ])
    await takeCall(world, 'a')
    await world.rerun('a')
    expect(await linkOf(world, 'a')).toMatchObject({ state: 'parked' })
  })

  test('is parked where two have the number, though one was changed only after the call, found by a search or by the first scan', async () => {
    const { world } = await importedAccount(kind)
    const shared = (phone: string) => {
      world.account.createContacts([
        { properties: { phone }, at: longAgo },
        { properties: { phone }, at: '2025-09-01T09:00:00Z' },
      ])
    }
    shared('+12125550101')
    shared('+12125550102')
    await takeCall(world, 'a')
    await world.rerun('a')
    expect(await linkOf(world, 'a')).toMatchObject({ state: 'parked' })
    await importChanges(world, {}, true)
    await takeCall(world, 'b', '+12125550102')
    await world.rerun('b')
    expect(await linkOf(world, 'b')).toMatchObject({ state: 'parked' })
  })

  test('is found by an e-mail', async () => {
    const { world } = await importedAccount(kind)
    await world.useMapping(
      mappingFor(world.account, [{ from: 'plan', to: 'plan_wanted' }], [{ email: 'metadata.email' }]),
    )
    const email = "o'hara+x@example.com"
    const [id = ''] = world.account.createContacts([{ properties: { email }, at: longAgo }])
    await world.take({ ...call({ id: 'a', ...april }), metadata: { email: email.toUpperCase() } })
    await world.rerun('a')
    expect(await linkOf(world, 'a')).toMatchObject({ state: 'matched', record: id })
  })

  test('is found although a rule names a field that the CRM has no more', async () => {
    const { world } = await importedAccount(kind)
    await useRules(world, { from: 'plan', to: 'plan_wanted' }, { from: 'plan', to: 'no_such_field' })
    const [id = ''] = world.account.createContacts([{ properties: { phone: number }, at: longAgo }])
    await takeCall(world, 'a')
    await world.rerun('a')
    expect(await linkOf(world, 'a')).toMatchObject({ state: 'matched', record: id })
  })

  test('is not searched for twice, found or not, until an import has seen them', async () => {
    const { world, searches } = await importedAccount(kind)
    await takeCall(world, 'a')
    await world.rerun('a')
    const after = searches()
    expect(after).toBeGreaterThan(0)
    const [id = ''] = world.account.createContacts([{ properties: { phone: number }, at: longAgo }])
    await takeCall(world, 'b')
    await Promise.all([world.rerun('b'), world.rerun('a')])
    expect(searches()).toBe(after)
    expect(await linkOf(world, 'b')).toMatchObject({ state: 'none' })
    await importChanges(world, {}, true)
    expect(await linkOf(world, 'b')).toMatchObject({ state: 'matched', record: id })
  })

  test('is not in the index yet: the import finds them', async () => {
    const { world } = await importedAccount(kind)
    world.account.configure({ searchLagMs: 3_600_000 })
    const [id = ''] = world.account.createContacts([{ properties: { phone: number } }])
    await takeCall(world, 'a')
    await world.rerun('a')
    expect(await linkOf(world, 'a')).toMatchObject({ state: 'none' })
    await importChanges(world, {}, true)
    expect(await linkOf(world, 'a')).toMatchObject({ state: 'matched', record: id })
  })

  test('is left to a worker when a call comes in alone, and to the next scan when many do', async () => {
    const { world } = await importedAccount(kind)
    const many = ['b', 'c'].map((id, place) => call({ id, number: `+1212555020${place}`, ...april }))
    await world.take(...many)
    await takeCall(world, 'a')
    const { rows } = await sql<{ data: object }>`select data from pgboss.job where name = 'sync.look_up'`.execute(
      world.db,
    )
    expect(rows).toEqual([{ data: { conversationId: 'a' } }])
  })

  test('is never searched for during a backfill', async () => {
    const { world, searches } = await importedAccount(kind)
    world.account.createContacts([{ properties: { phone: number }, at: longAgo }])
    await takeCall(world, 'a')
    await backfill(world, 'a')
    expect(searches()).toBe(0)
    expect(await linkOf(world, 'a')).toMatchObject({ state: 'none' })
  })

  test('a CRM that cannot be searched holds up no rerun, and is asked again the next time', async () => {
    const { world, searches } = await importedAccount(kind)
    const [id = ''] = world.account.createContacts([{ properties: { phone: number }, at: longAgo }])
    await takeCall(world, 'a')
    const before = searches()
    world.account.fail('search', 'refused', kind === 'salesforce' ? 2 : 1)
    await world.rerun('a')
    expect(searches()).toBeGreaterThan(before)
    expect(await linkOf(world, 'a')).toMatchObject({ state: 'none' })
    world.account.recover()
    await world.rerun('a')
    expect(await linkOf(world, 'a')).toMatchObject({ state: 'matched', record: id })
  })
})

test('a search that hangs keeps a rerun waiting for some seconds, and what it finds after all is linked then', async () => {
  const { world } = await importedAccount('hubspot')
  const [id = ''] = world.account.createContacts([{ properties: { phone: number }, at: longAgo }])
  await takeCall(world, 'a')
  world.account.fail('search', 'hang')
  const before = performance.now()
  await world.rerun('a')
  expect(performance.now() - before).toBeLessThan(20_000)
  expect(await linkOf(world, 'a')).toMatchObject({ state: 'none' })
  world.account.recover()
  await expect.poll(() => linkOf(world, 'a'), { timeout: 20_000 }).toMatchObject({ state: 'matched', record: id })
})
