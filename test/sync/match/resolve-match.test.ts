import { describe, expect, test } from 'vitest'
import { kinds } from '../../support/accounts/account.ts'
import { call } from '../../support/conversations.ts'
import { ask, plan } from '../../support/items.ts'
import { useRules } from '../../support/mappings.ts'
import { addContact, textField } from '../../support/records.ts'
import { createWorldOn } from '../../support/world.ts'

const longAgo = '2025-01-15T09:00:00Z'

describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  const { db, useCases, actor, account } = world
  account.defineProperties([textField('plan_wanted')])
  await useRules(world, { from: 'plan', to: 'plan_wanted' })
  await ask(world, plan)
  let people = 100

  /** Two records that share a number, and as many calls of it; each wants another plan. */
  async function shared(...plans: string[]) {
    people += 1
    const number = `+12125550${people}`
    const [one, other] = [
      await addContact(world, { properties: { phone: number, firstname: 'Ann', plan_wanted: 'typed' }, at: longAgo }),
      await addContact(world, { properties: { mobilephone: number, firstname: 'Bob' }, at: longAgo }),
    ]
    const calls = plans.map((wanted, place) => ({
      id: `${number} ${place + 1}`,
      at: `2025-04-${10 + place}T10:00:00Z`,
      number,
      turns: [`I want the ${wanted} plan.`],
    }))
    await world.take(...calls.map(call))
    for (const { id } of calls) await world.rerun(id)
    return { number, one, other, ids: calls.map(({ id }) => id), heldBy: (id: string) => world.held(id).plan_wanted }
  }

  async function resolve(conversationId: string, record: string | null, also: { allOfNumber?: boolean } = {}) {
    const resolved = await useCases.resolveMatch({ conversationId, record, actor, reason: 'asked them', ...also })
    await world.push()
    return resolved
  }

  async function undo(runId: number | null) {
    const undone = await useCases.undoRun({ runId: runId ?? 0, actor, reason: 'test' })
    await world.push()
    return undone.runId
  }

  async function linkOf(conversationId: string) {
    return db
      .selectFrom('links')
      .leftJoin('crm_records', 'crm_records.id', 'links.record_id')
      .select(['state', 'step', 'external_id as record'])
      .where('conversation_id', '=', conversationId)
      .executeTakeFirstOrThrow()
  }

  test('a parked one is listed with who it may be, and what it said reaches the record that a person names', async () => {
    const { one, other, ids, number, heldBy } = await shared('Pro')
    const [id = ''] = ids
    const { items } = await useCases.listMatches({ state: 'parked' })
    expect(items.find((item) => item.conversationId === id)).toMatchObject({
      state: 'parked',
      step: 'number',
      number,
      waiting: 1,
      candidates: [
        { record: one, keys: [{ kind: 'number', property: account.nameOf('phone'), to: null }] },
        { record: other, keys: [{ kind: 'number', property: account.nameOf('mobilephone'), to: null }] },
      ],
    })
    expect([heldBy(one), heldBy(other)]).toEqual(['typed', undefined])

    const { runId, conversations, records } = await resolve(id, other)
    expect({ conversations, records }).toEqual({ conversations: 1, records: 1 })
    expect(await linkOf(id)).toEqual({ state: 'matched', step: 'person', record: other })
    expect([heldBy(one), heldBy(other)]).toEqual(['typed', 'Pro'])
    const run = await db.selectFrom('runs').selectAll().where('id', '=', Number(runId)).executeTakeFirstOrThrow()
    expect(run).toMatchObject({ kind: 'match', actor: 'cli:test', reason: 'asked them' })
    const audited = db.selectFrom('audit_entries').select('action').where('run_id', '=', Number(runId))
    expect((await audited.execute()).map(({ action }) => action)).toEqual(['run.match', 'match.resolved'])

    const undone = await undo(runId)
    expect(await linkOf(id)).toEqual({ state: 'parked', step: 'number', record: null })
    expect([heldBy(one), heldBy(other)]).toEqual(['typed', undefined])
    await undo(undone)
    expect(await linkOf(id)).toEqual({ state: 'matched', step: 'person', record: other })
    expect([heldBy(one), heldBy(other)]).toEqual(['typed', 'Pro'])
  })

  test('moved to another record, the old one takes back what only it had said, and undo moves it back', async () => {
    const { one, other, ids, heldBy } = await shared('Pro', 'Team')
    const [first = '', second = ''] = ids
    const all = await resolve(first, one, { allOfNumber: true })
    expect(all.conversations).toBe(2)
    expect([heldBy(one), heldBy(other)]).toEqual(['Team', undefined])
    const moved = await resolve(second, other)
    expect(moved).toMatchObject({ conversations: 1, records: 2 })
    expect([heldBy(one), heldBy(other)]).toEqual(['Pro', 'Team'])
    const nobodys = await resolve(first, null)
    expect(await linkOf(first)).toEqual({ state: 'none', step: 'person', record: null })
    expect([heldBy(one), heldBy(other)]).toEqual(['typed', 'Team'])

    // Of the runs that decide one link, the newest in force does, in whatever order they are undone.
    await undo(all.runId)
    expect(await linkOf(first)).toEqual({ state: 'none', step: 'person', record: null })
    expect([heldBy(one), heldBy(other)]).toEqual(['typed', 'Team'])
    const undone = await undo(moved.runId)
    expect(await linkOf(second)).toEqual({ state: 'parked', step: 'number', record: null })
    await undo(nobodys.runId)
    expect(await linkOf(first)).toEqual({ state: 'parked', step: 'number', record: null })
    await undo(undone)
    expect([heldBy(one), heldBy(other)]).toEqual(['typed', 'Team'])
  })

  test('what the steps had linked can be moved too; an import and a rerun leave a person’s word alone', async () => {
    people += 1
    const number = `+12125550${people}`
    const one = await addContact(world, { properties: { phone: number }, at: longAgo })
    const other = await addContact(world, { properties: { firstname: 'Else' }, at: longAgo })
    await world.take(call({ id: number, at: '2025-04-10T10:00:00Z', number, turns: ['I want the Pro plan.'] }))
    await world.rerun(number)
    expect(await linkOf(number)).toEqual({ state: 'matched', step: 'number', record: one })
    const moved = await resolve(number, other)
    expect([world.held(one).plan_wanted, world.held(other).plan_wanted]).toEqual([undefined, 'Pro'])
    account.edit({ id: one, properties: { mobilephone: number }, as: 'person' })
    await world.importCrm()
    await world.rerun(number)
    expect(await linkOf(number)).toEqual({ state: 'matched', step: 'person', record: other })

    const unlinked = await resolve(number, null)
    await addContact(world, { properties: { phone: number, firstname: 'New' } })
    await world.rerun(number)
    expect(await linkOf(number)).toEqual({ state: 'none', step: 'person', record: null })
    expect([world.held(one).plan_wanted, world.held(other).plan_wanted]).toEqual([undefined, undefined])
    await undo(unlinked.runId)
    await undo(moved.runId)
    expect(await linkOf(number)).toEqual({ state: 'matched', step: 'number', record: one })
    expect(world.held(one).plan_wanted).toBe('Pro')
  })

  test('a record that our index does not know is read from the CRM', async () => {
    const { ids } = await shared('Pro')
    const [unknown = ''] = account.createContacts([{ properties: { firstname: 'Late' }, at: longAgo }])
    await resolve(ids[0] ?? '', unknown)
    expect(world.held(unknown).plan_wanted).toBe('Pro')
  })

  test('of two people at once the later one holds, and the same twice is no second run', async () => {
    const { one, other, ids, heldBy } = await shared('Pro')
    const [id = ''] = ids
    const both = await Promise.all([resolve(id, one), resolve(id, other)])
    const later = both.reduce((best, each) => (Number(each.runId) > Number(best.runId) ? each : best))
    const [right, wrong] = later === both[0] ? [one, other] : [other, one]
    expect(await linkOf(id)).toEqual({ state: 'matched', step: 'person', record: right })
    await world.push()
    expect(heldBy(right)).toBe('Pro')
    expect(heldBy(wrong)).not.toBe('Pro')
    expect(await resolve(id, right)).toMatchObject({ runId: null, conversations: 0 })
    await undo(later.runId)
    expect(await linkOf(id)).toEqual({ state: 'matched', step: 'person', record: wrong })
  })

  test('what is wrong is said by what would be right', async () => {
    const { one, ids } = await shared('Pro')
    const say = (said: object) =>
      useCases.resolveMatch({ conversationId: ids[0] ?? '', record: one, actor, reason: 'test', ...said })
    const absent = kind === 'hubspot' ? '999999999999' : '0038d00000ZZZZZQAA'
    await expect(say({ conversationId: 'call_x' })).rejects.toMatchObject({
      code: 'conversation.not_found',
      status: 404,
    })
    await expect(say({ record: absent })).rejects.toMatchObject({
      status: 404,
      message: expect.stringMatching(
        new RegExp(`^there is no contact ${absent.slice(0, 3)}\\S* in (HubSpot|Salesforce) account main$`),
      ),
    })
    await expect(say({ record: 'Ann' })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('record Ann is none of'),
    })
    await expect(say({ mapping: 'contact' })).rejects.toMatchObject({
      status: 404,
      message: 'unknown mapping "contact"; did you mean "contacts"?',
    })
    await world.take(call({ id: 'web', at: longAgo, turns: ['Hello.'] }))
    await expect(say({ conversationId: 'web', allOfNumber: true })).rejects.toMatchObject({ status: 400 })
    expect(await linkOf(ids[0] ?? '')).toMatchObject({ state: 'parked' })
  })
})
