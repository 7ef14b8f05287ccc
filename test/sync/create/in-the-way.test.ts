import { afterAll, describe, expect, test } from 'vitest'
import type { CreateOutcome, Crm } from '../../../src/crm/index.ts'
import { kinds } from '../../support/accounts/account.ts'
import { backfill } from '../../support/backfills.ts'
import { call } from '../../support/conversations.ts'
import { april, creatingMapping, may, openCallers } from '../../support/creating.ts'
import { linkOf } from '../link/links.ts'

describe.each(kinds)('what may stand in the way of creating a caller, on %s', async (kind) => {
  const { world, somebody, of, pushWith } = await openCallers(kind, afterAll)
  const { account, useCases, actor, db } = world
  const rerun = (conversationId: string) => useCases.rerunConversation({ conversationId, actor, reason: 'test' })

  test('is taken up where a crash came between creating and noting it', async () => {
    const { number, id } = somebody()
    await world.take(call({ id, number, ...april }))
    const { runId } = await rerun(id)
    const create: Crm['create'] = async (...asked): Promise<CreateOutcome[]> => {
      await world.crm.create?.(...asked)
      throw new Error('crashed')
    }
    await expect(pushWith({ create })).rejects.toThrow('crashed')
    expect(of(number)).toHaveLength(1)
    await world.push()
    expect(of(number)).toMatchObject([{ properties: { plan_wanted: 'Pro' } }])
    expect(await useCases.reportRun(runId)).toMatchObject({ created: [{ connection: 'main', records: 1 }] })
  })

  test('is created once where the answer is lost, and where the CRM fails first', async () => {
    for (const fault of ['error', 'error_after', 'cut_after'] as const) {
      const { number, id } = somebody()
      await world.take(call({ id, number, ...april }))
      const { runId } = await rerun(id)
      account.fail('create', fault)
      await pushWith({})
      await world.push()
      expect(of(number), fault).toMatchObject([{ properties: { plan_wanted: 'Pro' } }])
      expect(await useCases.reportRun(runId)).toMatchObject({ created: [{ records: 1 }] })
    }
  })

  test('is used as they are where somebody has created them with that key meanwhile', async () => {
    const { number, id } = somebody()
    await world.take(call({ id, number, ...april }))
    const { runId } = await rerun(id)
    account.configure({ searchLagMs: 60_000 })
    account.createContacts([{ properties: { afterword_number: number, lastname: 'Ada' } }])
    await world.push()
    account.configure({ searchLagMs: 0 })
    expect(of(number)).toMatchObject([{ properties: { lastname: 'Ada', plan_wanted: 'Pro' } }])
    expect(await useCases.reportRun(runId)).toMatchObject({ created: [] })
  })

  test('is not created where a live search finds them, or where several have the number', async () => {
    const [known, shared] = [somebody(), somebody()]
    const [id = ''] = account.createContacts([{ properties: { phone: known.number, lastname: 'Ada' } }])
    account.createContacts([
      { properties: { phone: shared.number, lastname: 'A' } },
      { properties: { phone: shared.number, lastname: 'B' } },
    ])
    const before = account.contacts().length
    for (const one of [known, shared]) {
      await world.take(call({ ...one, ...april }))
      await world.rerun(one.id)
    }
    expect(account.contacts()).toHaveLength(before)
    expect(account.held(id)).toMatchObject({ plan_wanted: 'Pro' })
    expect(await linkOf(world, shared.id)).toMatchObject({ state: 'parked' })
  })

  test('is not created with a withheld number, or for a call that says nothing to write', async () => {
    const { number, id } = somebody()
    const before = account.contacts().length
    await world.take(
      call({ id: `${id}_web`, ...april }),
      call({ id, number, at: april.at, turns: ['Wrong number, sorry.'] }),
    )
    for (const each of [`${id}_web`, id]) await world.rerun(each)
    expect(account.contacts()).toHaveLength(before)
    expect(await db.selectFrom('creation_marks').selectAll().execute()).toEqual([])
  })

  test('is not created again for what they said before somebody deleted them, but for what they say afterwards', async () => {
    const { number, id } = somebody()
    await world.take(call({ id, number, ...april }))
    await world.rerun(id)
    account.remove(of(number)[0]?.id ?? '')
    // An org tells of what lies in its bin, too.
    const left = of(number).length
    await world.importCrm()
    await world.rerun(id)
    const { pushes } = await backfill(world, id)
    expect(pushes).toMatchObject({ recordsCreated: 0, decisions: { no_record: 1 } })
    expect(of(number)).toHaveLength(left)
    await world.take(call({ id: `${id}_2`, number, at: new Date(Date.now() + 1_000).toISOString(), turns: may.turns }))
    await db
      .updateTable('conversations')
      .set({ spoken_at: new Date(Date.now() + 1_000) })
      .where('id', '=', `${id}_2`)
      .execute()
    await world.rerun(`${id}_2`)
    expect(of(number)).toHaveLength(left + 1)
  })

  test('is not created before an undone run, nor after an erasure', async () => {
    const [undone, erased] = [somebody(), somebody()]
    for (const one of [undone, erased]) await world.take(call({ ...one, ...april }))
    const { runId } = await rerun(undone.id)
    await useCases.undoRun({ runId, actor, reason: 'test' })
    await rerun(erased.id)
    await useCases.eraseContact({ contact: erased.number, actor, reason: 'test' })
    await world.push()
    expect([...of(undone.number), ...of(erased.number)]).toEqual([])
  })

  test('is rejected alone where another record has one of their values; asked for again, they are found', async () => {
    const [good, taken] = [somebody(), somebody()]
    const [field, email] = ['afterword_number', 'email'].map(account.nameOf)
    account.createContacts([{ properties: { email: 'ada@example.com', lastname: 'Ada' } }])
    const values = { [account.nameOf('lastname')]: 'Caller' }
    const rows = [
      { key: good.number, values },
      { key: taken.number, values: { ...values, [email ?? '']: 'ada@example.com' } },
    ]
    const outcomes = await world.crm.create?.(account.object, field ?? '', rows)
    // Two contacts of an org may have one e-mail.
    const second = kind === 'hubspot' ? { outcome: 'rejected', code: 'CONFLICT' } : { outcome: 'created' }
    expect(outcomes).toMatchObject([
      { key: good.number, outcome: 'created' },
      { key: taken.number, ...second },
    ])
    const again = await world.crm.create?.(account.object, field ?? '', rows.slice(0, 1))
    expect(again).toMatchObject([{ outcome: 'found', externalId: outcomes?.[0]?.externalId }])
  })

  test('is created without a value that the CRM refuses; where it refuses the whole, the run says why, and a retry creates them', async () => {
    const [odd, refused] = [somebody(), somebody()]
    const create = { ...JSON.parse(creatingMapping(account)).missing.create, [account.nameOf('email')]: 'no address' }
    const missing = { create, key: account.nameOf('afterword_number') }
    await world.useMapping(creatingMapping(account, { missing }))
    await world.take(call({ ...odd, ...april }))
    await world.rerun(odd.id)
    expect(of(odd.number)).toMatchObject([{ properties: { plan_wanted: 'Pro' } }])
    expect(of(odd.number)[0]?.properties).not.toHaveProperty('email')
    await world.useMapping(creatingMapping(account))
    await world.take(call({ ...refused, ...april }))
    const { runId } = await rerun(refused.id)
    const rejects: Crm['create'] = async (_object, _field, rows) =>
      rows.map(({ key }) => {
        return {
          key,
          outcome: 'rejected',
          externalId: null,
          rejectedFields: [],
          reason: 'a rule of the CRM',
          code: 'RULE',
        }
      })
    await pushWith({ create: rejects })
    const { failures } = await useCases.reportRun(runId)
    expect(failures).toMatchObject([{ connection: 'main', decision: 'rejected', reason: 'RULE', cells: 1 }])
    await useCases.retryRun({ runId, actor })
    await world.push()
    expect(of(refused.number)).toMatchObject([{ properties: { plan_wanted: 'Pro' } }])
    expect((await useCases.reportRun(runId)).failures).toEqual([])
  })
})
