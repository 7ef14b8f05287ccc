import { sql } from 'kysely'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Kind, kinds } from '../support/accounts/account.ts'
import { backfill } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import type { AtEnd } from '../support/database.ts'
import { mappingFor, useRules } from '../support/mappings.ts'
import type { World } from '../support/world.ts'
import { linkOf } from '../sync/link/links.ts'
import { importChanges, openImports } from './imports-world.ts'

const longAgo = '2025-01-15T09:00:00Z'
const april = { at: '2025-04-10T10:00:00Z', turns: ['I want the Pro plan.'] }

/** An account that was imported once, before anybody was in it. */
async function importedAccount(kind: Kind, atEnd: AtEnd) {
  const world = await openImports(kind, { atEnd })
  await importChanges(world)
  return world
}

let people = 100
/** Somebody of a test's own: a number, as we and as people write it, and the id of a conversation. */
function somebody() {
  people += 1
  return { number: `+12125550${people}`, written: `(212) 555-0${people}`, id: `call_${people}` }
}

async function takeCall({ take }: World, { id, number }: { id: string; number: string }) {
  await take(call({ id, number, ...april }))
}

describe.each(kinds)('a caller whom no import has seen yet, on %s', async (kind) => {
  const world = await importedAccount(kind, afterAll)
  const { account } = world
  const searches = () => account.count('search').calls

  test('is parked where two have the number, though one was changed only after the call, found by a search or by the first scan', async () => {
    const [searched, scanned] = [somebody(), somebody()]
    for (const { number: phone } of [searched, scanned])
      account.createContacts([
        { properties: { phone }, at: longAgo },
        { properties: { phone }, at: '2025-09-01T09:00:00Z' },
      ])
    await takeCall(world, searched)
    await world.rerun(searched.id)
    expect(await linkOf(world, searched.id)).toMatchObject({ state: 'parked' })
    await importChanges(world, {}, true)
    await takeCall(world, scanned)
    await world.rerun(scanned.id)
    expect(await linkOf(world, scanned.id)).toMatchObject({ state: 'parked' })
  })

  test('is searched for when the call is rerun: written as people write numbers, and found', async () => {
    const caller = somebody()
    const [id = ''] = account.createContacts([
      { properties: { phone: caller.written, firstname: 'Zoë' }, at: longAgo },
      { properties: { mobilephone: `+44 ${caller.number.slice(2)}` }, at: longAgo },
    ])
    await takeCall(world, caller)
    await world.rerun(caller.id)
    expect(await linkOf(world, caller.id)).toMatchObject({ state: 'matched', record: id })
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Pro' })
  })

  test('is parked where two have the number', async () => {
    const caller = somebody()
    const two = { phone: caller.written }
    account.createContacts([
      { properties: two, at: longAgo },
      { properties: two, at: longAgo },
    ])
    await takeCall(world, caller)
    await world.rerun(caller.id)
    expect(await linkOf(world, caller.id)).toMatchObject({ state: 'parked' })
  })

  test('is not searched for twice, found or not, until an import has seen them', async () => {
    const caller = somebody()
    const before = searches()
    await takeCall(world, caller)
    await world.rerun(caller.id)
    const after = searches()
    expect(after).toBeGreaterThan(before)
    const [id = ''] = account.createContacts([{ properties: { phone: caller.number }, at: longAgo }])
    const again = `${caller.id}_again`
    await takeCall(world, { ...caller, id: again })
    await Promise.all([world.rerun(again), world.rerun(caller.id)])
    expect(searches()).toBe(after)
    expect(await linkOf(world, again)).toMatchObject({ state: 'none' })
    await importChanges(world, {}, true)
    expect(await linkOf(world, again)).toMatchObject({ state: 'matched', record: id })
  })

  test('is not in the index yet: the import finds them', async () => {
    const caller = somebody()
    account.configure({ searchLagMs: 3_600_000 })
    const [id = ''] = account.createContacts([{ properties: { phone: caller.number } }])
    await takeCall(world, caller)
    await world.rerun(caller.id)
    account.configure({ searchLagMs: 0 })
    expect(await linkOf(world, caller.id)).toMatchObject({ state: 'none' })
    await importChanges(world, {}, true)
    expect(await linkOf(world, caller.id)).toMatchObject({ state: 'matched', record: id })
  })

  test('is left to a worker when a call comes in alone, and to the next scan when many do', async () => {
    const lookUps = async () => {
      const { rows } = await sql<{ data: { conversationId: string } }>`
        select data from pgboss.job where name = 'sync.look_up'
      `.execute(world.db)
      return rows.map(({ data }) => data.conversationId)
    }
    const before = await lookUps()
    await world.take(...[somebody(), somebody()].map(({ id, number }) => call({ id, number, ...april })))
    const caller = somebody()
    await takeCall(world, caller)
    expect((await lookUps()).filter((id) => !before.includes(id))).toEqual([caller.id])
  })

  test('is never searched for during a backfill', async () => {
    const caller = somebody()
    account.createContacts([{ properties: { phone: caller.number }, at: longAgo }])
    await takeCall(world, caller)
    const before = searches()
    await backfill(world, caller.id)
    expect(searches()).toBe(before)
    expect(await linkOf(world, caller.id)).toMatchObject({ state: 'none' })
  })

  test('a CRM that cannot be searched holds up no rerun, and is asked again the next time', async () => {
    const caller = somebody()
    const [id = ''] = account.createContacts([{ properties: { phone: caller.number }, at: longAgo }])
    await takeCall(world, caller)
    const before = searches()
    account.fail('search', 'refused', kind === 'salesforce' ? 2 : 1)
    await world.rerun(caller.id)
    expect(searches()).toBeGreaterThan(before)
    expect(await linkOf(world, caller.id)).toMatchObject({ state: 'none' })
    account.recover()
    await world.rerun(caller.id)
    expect(await linkOf(world, caller.id)).toMatchObject({ state: 'matched', record: id })
  })

  test('is found by an e-mail', async () => {
    const { id: conversationId } = somebody()
    await world.useMapping(mappingFor(account, [{ from: 'plan', to: 'plan_wanted' }], [{ email: 'metadata.email' }]))
    const email = "o'hara+x@example.com"
    const [id = ''] = account.createContacts([{ properties: { email }, at: longAgo }])
    await world.take({ ...call({ id: conversationId, ...april }), metadata: { email: email.toUpperCase() } })
    await world.rerun(conversationId)
    expect(await linkOf(world, conversationId)).toMatchObject({ state: 'matched', record: id })
  })

  test('is found although a rule names a field that the CRM has no more', async () => {
    const caller = somebody()
    await useRules(world, { from: 'plan', to: 'plan_wanted' }, { from: 'plan', to: 'no_such_field' })
    const [id = ''] = account.createContacts([{ properties: { phone: caller.number }, at: longAgo }])
    await takeCall(world, caller)
    await world.rerun(caller.id)
    expect(await linkOf(world, caller.id)).toMatchObject({ state: 'matched', record: id })
  })
})

test('a search that hangs keeps a rerun waiting for some seconds, and what it finds after all is linked then', async () => {
  const world = await importedAccount('hubspot', onTestFinished)
  const caller = somebody()
  const [id = ''] = world.account.createContacts([{ properties: { phone: caller.number }, at: longAgo }])
  await takeCall(world, caller)
  world.account.fail('search', 'hang')
  const before = performance.now()
  await world.rerun(caller.id)
  expect(performance.now() - before).toBeLessThan(20_000)
  expect(await linkOf(world, caller.id)).toMatchObject({ state: 'none' })
  world.account.recover()
  await expect.poll(() => linkOf(world, caller.id), { timeout: 20_000 }).toMatchObject({ state: 'matched', record: id })
})
