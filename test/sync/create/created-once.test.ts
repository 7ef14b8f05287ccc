import { afterAll, describe, expect, test } from 'vitest'
import { kinds } from '../../support/accounts/account.ts'
import { apply, backfill, planMappingOnly, planOf } from '../../support/backfills.ts'
import { call } from '../../support/conversations.ts'
import { april, creatingMapping, may, openCallers } from '../../support/creating.ts'
import { rowsWritten } from '../../support/records.ts'

describe.each(kinds)('a caller whom the CRM does not have, on %s', async (kind) => {
  const { world, somebody, of, pushWith } = await openCallers(kind, afterAll)
  const { account, useCases, actor } = world

  test('is created once by a live rerun, as the file says; another call finds the same, though searches lag', async () => {
    const { number, id } = somebody()
    account.configure({ searchLagMs: 60_000 })
    await world.take(call({ id, number, ...april }))
    await world.rerun(id)
    const begun = { phone: number, lastname: `Caller ${number}`, afterword_number: number }
    expect(of(number)).toMatchObject([{ properties: { ...begun, plan_wanted: 'Pro' } }])
    await world.take(call({ id: `${id}_2`, number, ...may }))
    await world.rerun(`${id}_2`)
    expect(of(number)).toMatchObject([{ properties: { ...begun, plan_wanted: 'Team' } }])
    await world.importCrm()
    expect(account.contacts().filter(({ properties }) => properties.phone === number)).toHaveLength(1)
    const contact = await useCases.explainField({ contact: number, field: account.nameOf('plan_wanted') })
    expect(contact.records[0]?.notes[0]).toMatch(/^Run \d+ by cli:test created the record on .*; its key is/)
    account.configure({ searchLagMs: 0 })
  })

  test('is created once each by a backfill that four push at the same moment, as planned; again, it writes nothing', async () => {
    const two = [somebody(), somebody()]
    await world.take(
      ...two.flatMap(({ id, number }) => [call({ id, number, ...april }), call({ id: `${id}_2`, number, ...may })]),
    )
    const ids = two.flatMap(({ id }) => [id, `${id}_2`])
    const { estimate } = (await useCases.backfillStatus(await planOf(world, ...ids))).backfill
    expect(estimate.records.contacts).toMatchObject({ none: 4, createdAtMost: 2 })
    const { push } = world
    world.push = async () => {
      await Promise.all([pushWith({}), pushWith({}), pushWith({}), pushWith({})])
      await push()
    }
    const { pushes } = await backfill(world, ...ids)
    world.push = push
    for (const { number } of two) expect(of(number)).toMatchObject([{ properties: { plan_wanted: 'Team' } }])
    expect(pushes).toMatchObject({ recordsCreated: 2, recordsWritten: 2, decisions: { write: 2 }, waiting: 0 })
    const before = { rows: rowsWritten(world), people: account.contacts().length }
    const again = await backfill(world, ...ids)
    expect({ rows: rowsWritten(world), people: account.contacts().length }).toEqual(before)
    expect(again.pushes).toMatchObject({ recordsCreated: 0, recordsWritten: 0 })
  })

  test('is in an exact plan, record by record and cell by cell, and it comes to just that; an undo empties what was written and leaves the record', async () => {
    const one = somebody()
    await world.take(call({ ...one, ...april }), call({ ...one, id: `${one.id}_2`, ...may }))
    await world.useMapping(creatingMapping(account, { agents: ['another'] }))
    for (const id of [one.id, `${one.id}_2`]) await world.rerun(id)
    await world.useMapping(creatingMapping(account))
    expect(of(one.number)).toEqual([])
    const { backfill: planned, plan, creations, rows } = await planMappingOnly(world, [], [one.id, `${one.id}_2`])
    expect(plan.totals).toMatchObject({
      records: 1,
      changes: 1,
      creations: { main: { records: 1, cells: 1 } },
      decisions: { main: { write: 1 } },
    })
    const field = account.nameOf('plan_wanted')
    expect(rows).toEqual([])
    expect(creations).toMatchObject([
      {
        created: { [account.nameOf('afterword_number')]: one.number, [account.nameOf('phone')]: one.number },
        cells: [{ field, before: null, after: 'Team', decision: { decision: 'write' } }],
      },
    ])
    await apply(world, planned.id)
    await world.push()
    const status = await useCases.backfillStatus(planned.id)
    expect(status.pushes).toMatchObject({ recordsCreated: 1, recordsWritten: 1, decisions: { write: 1 } })
    expect(of(one.number)).toMatchObject([{ properties: { plan_wanted: 'Team' } }])
    const undone = await useCases.undoRun({ runId: status.backfill.runId ?? 0, actor, reason: 'test' })
    await world.push()
    expect(of(one.number)).toMatchObject([{ properties: { phone: one.number } }])
    expect(of(one.number)[0]?.properties).not.toHaveProperty('plan_wanted')
    expect(await useCases.reportRun(undone.runId)).toMatchObject({ created: [{ connection: 'main', records: 1 }] })
  })

  test('is in a preview as a new record, and nothing is created by that', async () => {
    const { number, id } = somebody()
    await world.take(call({ id, number, ...april }))
    const { cells } = await useCases.previewRerun({ conversationId: id, actor, reason: 'test' })
    const cell = { field: account.nameOf('plan_wanted'), before: null, after: 'Pro', isNew: true, externalId: null }
    expect(cells).toMatchObject([{ ...cell, decision: { decision: 'write' } }])
    await world.push()
    expect(of(number)).toEqual([])
  })
})
