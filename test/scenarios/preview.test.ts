import { describe, expect, test } from 'vitest'
import { kinds } from '../support/accounts/account.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { mappingFor, type Rule, useRules } from '../support/mappings.ts'
import { addContact, rowsWritten, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  const { actor, db, models, useCases } = world
  const fieldOf = world.account.nameOf
  world.account.defineProperties([textField('plan_wanted'), textField('customer_goal')])
  await useRules(world, { from: 'plan', to: 'plan_wanted' }, { from: 'goal', to: 'customer_goal' })

  /** A contact whose call of April was analysed with a goal in three words. */
  async function analysed(number: string) {
    await ask(world, plan, goal(3))
    const id = await addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' })
    const turns = ['I want the Pro plan.', 'Good.', 'My goal is a quiet office.']
    await world.take(call({ id: number, at: '2025-04-10T10:00:00Z', number, turns }))
    await world.rerun(number)
    return id
  }

  const preview = (conversationId: string) => useCases.previewRerun({ conversationId, actor, reason: 'what if' })

  async function keep(conversationId: string, number = 0) {
    const kept = await useCases.keepAnalysis({ conversationId, number, actor, reason: 'better' })
    await world.push()
    return kept
  }

  const stored = () =>
    Promise.all([
      db.selectFrom('record_state').selectAll().orderBy('record_id').execute(),
      db.selectFrom('field_events').selectAll().orderBy('record_id').execute(),
      db.selectFrom('contributions').select(['id', 'state']).orderBy('id').execute(),
      db.selectFrom('marks').select('record_id').execute(),
      db.selectFrom('ledger').select('id').execute(),
    ])

  test('of a field that a rule for other agents feeds too, which has said nothing to anybody yet', async () => {
    const { account } = world
    const file = (rule: Rule, agent: string) =>
      JSON.stringify({ ...JSON.parse(mappingFor(account, [rule])), agents: [agent] })
    await analysed('+12125550168')
    await world.useMapping(
      file({ from: 'goal', to: 'customer_goal' }, 'agent_1'),
      file({ from: 'plan', to: 'customer_goal' }, 'chat_agent_1'),
    )
    await ask(world, plan, goal(6))
    expect((await preview('+12125550168')).cells).toMatchObject([{ after: 'My goal is a quiet office' }])
    await useRules(world, { from: 'plan', to: 'plan_wanted' }, { from: 'goal', to: 'customer_goal' })
  })

  test('tells every item and every field, is paid for once, and changes nothing until it is kept', async () => {
    const id = await analysed('+12125550161')
    world.account.edit({ id, properties: { plan_wanted: 'Typed' }, as: 'person' })
    await ask(world, plan, goal(6))
    const before = { rows: rowsWritten(world), stored: await stored(), held: world.held(id) }
    const calls = models.admin.state().requests
    const first = await preview('+12125550161')
    expect(first).toMatchObject({ outcome: 'ok', number: 2, cached: false, isCurrent: false })
    expect(first.items.filter(({ isChanged }) => isChanged)).toMatchObject([
      { item: 'goal', before: { value: 'My goal is' }, after: { value: 'My goal is a quiet office' } },
    ])
    expect(first.cells.toSorted((a, b) => (a.field < b.field ? -1 : 1))).toMatchObject([
      {
        externalId: id,
        field: fieldOf('customer_goal'),
        before: 'My goal is',
        after: 'My goal is a quiet office',
        decision: { decision: 'write', by: '+12125550161' },
      },
      { field: fieldOf('plan_wanted'), before: 'Typed', after: 'Typed', decision: { decision: 'kept_edit' } },
    ])
    const again = await preview('+12125550161')
    expect(again).toMatchObject({ number: 2, cached: true, costUsd: 0, cells: first.cells })
    expect(models.admin.state().requests).toBe(calls + 1)

    await world.push()
    expect({ rows: rowsWritten(world), stored: await stored(), held: world.held(id) }).toEqual(before)
    expect(await useCases.currentAnalysis('+12125550161')).toMatchObject({ number: 1 })
    expect(
      (await useCases.listAnalyses('+12125550161')).map(({ number, keptAt }) => [number, keptAt !== null]),
    ).toEqual([
      [1, true],
      [2, false],
    ])

    const kept = await keep('+12125550161', 2)
    expect(kept).toMatchObject({ number: 2, cached: true, costUsd: 0 })
    expect(models.admin.state().requests).toBe(calls + 1)
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Typed', customer_goal: 'My goal is a quiet office' })
    expect(await useCases.currentAnalysis('+12125550161')).toMatchObject({ number: 2, runId: kept.runId })

    const rows = rowsWritten(world)
    await keep('+12125550161', 2)
    expect(rowsWritten(world)).toBe(rows)
  })

  test('kept after a later rerun it is the newer word, and its undo gives the word back', async () => {
    const id = await analysed('+12125550162')
    await ask(world, plan, goal(6))
    const { number, runId } = await preview('+12125550162')
    await ask(world, plan, goal(2))
    await world.rerun('+12125550162')
    expect(world.held(id)).toMatchObject({ customer_goal: 'My goal' })
    const kept = await keep('+12125550162', number)
    expect(world.held(id)).toMatchObject({ customer_goal: 'My goal is a quiet office' })
    // The run that only looked has nothing to take back.
    await useCases.undoRun({ runId, actor, reason: 'test' })
    await world.push()
    expect(world.held(id)).toMatchObject({ customer_goal: 'My goal is a quiet office' })
    await useCases.undoRun({ runId: kept.runId, actor, reason: 'test' })
    await world.push()
    expect(world.held(id)).toMatchObject({ customer_goal: 'My goal' })
    expect(await useCases.currentAnalysis('+12125550162')).toMatchObject({ number: 3 })
  })

  test('unkept it speaks to no field, not even where a later call has released it', async () => {
    const number = '+12125550163'
    await ask(world, plan, goal(3))
    const id = await addContact(world, { properties: { phone: number } })
    await world.take(
      call({ id: `${number} a`, at: '2025-04-10T10:00:00Z', number, turns: ['I do not mind.'] }),
      call({ id: `${number} b`, at: '2025-05-10T10:00:00Z', number, turns: ['I want the Team plan.'] }),
    )
    const later = await preview(`${number} b`)
    expect(later.cells.find(({ field }) => field === fieldOf('plan_wanted'))).toMatchObject({
      after: 'Team',
      decision: { decision: 'write' },
    })
    await world.rerun(`${number} a`)
    expect(world.held(id).plan_wanted).toBeUndefined()
    await keep(`${number} b`, later.number)
    expect(world.held(id)).toMatchObject({ plan_wanted: 'Team' })
  })

  test('of a deleted call is not kept, and no entry says that it was', async () => {
    const number = '+12125550165'
    await analysed(number)
    await useCases.deleteConversation({ id: number, actor, reason: 'asked for' })
    await expect(keep(number, 1)).rejects.toMatchObject({ code: 'conversation.not_found', status: 404 })
    const entries = db.selectFrom('audit_entries').select('id').where('action', '=', 'analysis.kept')
    expect(await entries.where('subject_id', '=', number).execute()).toEqual([])
  })

  test('says what stands in its way: no record, a failure, a correction', async () => {
    await ask(world, plan, goal(3))
    const nobody = call({
      id: 'nobody',
      at: '2025-04-10T10:00:00Z',
      number: '+12125550999',
      turns: ['I want the Pro plan.'],
    })
    await world.take(nobody)
    for (const cell of (await preview('nobody')).cells)
      expect(cell).toMatchObject({ externalId: null, decision: { decision: 'no_record' } })

    const id = await analysed('+12125550164')
    await useCases.correctField({ conversationId: '+12125550164', item: 'goal', value: 'Peace', actor, reason: 'test' })
    await world.push()
    await ask(world, plan, goal(6))
    models.admin.fault({ kind: 'refuse', times: 1 })
    const refused = await preview('+12125550164')
    expect(refused).toMatchObject({ outcome: 'refused', items: [], cells: [] })
    await expect(keep('+12125550164', refused.number)).rejects.toMatchObject({ code: 'analysis.not_ok', status: 409 })
    await expect(keep('+12125550164', 99)).rejects.toMatchObject({ status: 404 })
    const previewed = await preview('+12125550164')
    expect(previewed.items.find(({ item }) => item === 'goal')).toMatchObject({ isChanged: true, isCorrected: true })
    expect(previewed.cells.find(({ field }) => field === fieldOf('customer_goal'))).toMatchObject({
      before: 'Peace',
      after: 'Peace',
    })
    expect(world.held(id)).toMatchObject({ customer_goal: 'Peace' })

    world.account.fail('read', 'refused', 4)
    const unreadable = await preview('+12125550164')
    expect(unreadable).toMatchObject({
      outcome: 'ok',
      cells: [],
      failures: { main: { failed: { code: expect.any(String) } } },
    })
  })
})
