import { describe, expect, test } from 'vitest'
import { kinds } from '../../support/accounts/account.ts'
import { apply, backfill, planMappingOnly } from '../../support/backfills.ts'
import { call } from '../../support/conversations.ts'
import { useRules } from '../../support/mappings.ts'
import { addContact, historyCalls, rowsWritten } from '../../support/records.ts'
import { goalRule, openStage, planRule } from './stage.ts'

describe.each(kinds)('on %s', async (kind) => {
  const { world, account, db, useCases, actor, calledContact, fieldsOf, notItsOwn } = await openStage(kind)

  describe('a backfill of mappings only', () => {
    test('brings stored analyses to a new rule: no model is asked, and no other field is touched', async () => {
      const id = await calledContact('+12125550211')
      await world.take(call({ id: 'unheard', at: '2025-05-01T10:00:00Z', number: '+12125550211', turns: ['Hello?'] }))
      account.edit({ id, properties: { plan_wanted: 'Typed' }, as: 'person' })
      await useRules(world, { ...planRule, human_edits: 'overwrite' }, goalRule)
      const asked = world.models.admin.state().requests
      const planned = await planMappingOnly(world, ['customer_goal'], ['+12125550211', 'unheard'])
      expect(planned.backfill.estimate).toMatchObject({ conversations: 2, notAnalysed: 1, modelCalls: 0 })
      const report = await apply(world, planned.backfill.id)
      expect(world.models.admin.state().requests).toBe(asked)
      expect(report.status).toMatchObject({ modelCalls: 0, items: { outcomes: { ok: 1, skipped: 1 } } })
      expect(report.status.items.reasons).toEqual({ not_analysed: 1 })
      expect(report.cells).toMatchObject([{ field: account.nameOf('customer_goal'), after: 'My goal is' }])
      expect(fieldsOf(id)).toEqual({ plan_wanted: 'Typed', customer_goal: 'My goal is' })
    })

    test('takes a field over with its new rule, and undo gives it back', async () => {
      const id = await calledContact('+12125550212')
      await useRules(world, { ...planRule, values: { Pro: 'Professional', Basic: 'Basic', Team: 'Team' } })
      const { backfill: planned } = await planMappingOnly(world, [], ['+12125550212'])
      await apply(world, planned.id)
      expect(fieldsOf(id).plan_wanted).toBe('Professional')
      await useCases.undoBackfill({ id: planned.id, actor, reason: 'test' })
      await world.push()
      expect(fieldsOf(id).plan_wanted).toBe('Pro')
    })

    test('names a mapping or a field that there is not, with what there is', async () => {
      await useRules(world, planRule)
      const input = { filter: { kind: 'any' as const, conditions: [] }, actor, reason: 'test' }
      const refused = (mappingOnly: object) => expect(useCases.planBackfill({ ...input, mappingOnly })).rejects
      const near = account.nameOf('plan_wanted')
      await refused({ fields: [`${near}x`] }).toMatchObject({ code: 'backfill.no_field', status: 422 })
      await refused({ fields: [`${near}x`] }).toThrow(`did you mean "${near}"?`)
      await refused({ mapping: 'contact' }).toThrow('did you mean "contacts"?')
    })
  })

  describe('its plan', () => {
    test('writes nothing, here or there, and tells every cell with its match step', async () => {
      const id = await calledContact('+12125550221')
      account.edit({ id, properties: { customer_goal: 'Silence' }, as: 'person', at: '2025-02-01T10:00:00Z' })
      await useRules(world, planRule, goalRule)
      const before = { prints: await notItsOwn(), rows: rowsWritten(world) }
      const planned = await planMappingOnly(world, [], ['+12125550221'])
      expect({ prints: await notItsOwn(), rows: rowsWritten(world) }).toEqual(before)
      expect(planned.plan).toMatchObject({ digest: expect.stringMatching(/^[0-9a-f]{64}$/), totals: { changes: 1 } })
      expect(planned.rows).toMatchObject([{ externalId: id, steps: ['number'], contactId: expect.any(Number) }])
      const cells = planned.rows[0]?.cells.toSorted((a, b) => (a.field < b.field ? -1 : 1))
      expect(cells).toMatchObject([
        {
          field: account.nameOf('customer_goal'),
          before: 'Silence',
          after: 'My goal is',
          decision: { decision: 'write', by: '+12125550221', rule: expect.any(String) },
        },
        { field: account.nameOf('plan_wanted'), before: 'Pro', after: 'Pro', decision: { decision: 'equal' } },
      ])
    })

    test('reads no history of what it knows', async () => {
      await calledContact('+12125550222')
      const calls = historyCalls(world)
      const planned = await planMappingOnly(world, ['plan_wanted'], ['+12125550222'])
      expect(planned.plan.totals.calls).toEqual({ read: 1, history: 0 })
      expect(historyCalls(world)).toBe(calls)
    })

    test('is forgotten where a CRM cannot be read or somebody interrupts it', async () => {
      await calledContact('+12125550223')
      await useRules(world, planRule, goalRule)
      const count = async () => (await useCases.listBackfills()).length
      const before = await count()
      const ending = AbortSignal.abort(new Error('interrupted'))
      const input = { filter: { kind: 'any' as const, conditions: [] }, actor, reason: 'test', mappingOnly: {} }
      await expect(useCases.planBackfill(input, ending)).rejects.toThrow('interrupted')
      account.fail('any', 'refused', 9)
      await expect(useCases.planBackfill(input)).rejects.toMatchObject({ recovery: 'stop' })
      account.recover()
      expect(await count()).toBe(before)
    })

    test('that has expired cannot be started', async () => {
      await calledContact('+12125550224')
      const { backfill: planned, plan: exact } = await planMappingOnly(world, [], ['+12125550224'])
      await db.deleteFrom('plans').where('id', '=', exact.id).execute()
      await expect(useCases.startBackfill({ id: planned.id, actor })).rejects.toMatchObject({
        code: 'backfill.plan_changed',
        message: expect.stringContaining(`afterword backfill start ${planned.id} --replan`),
      })
    })
  })

  test('two numbers on one record are one plan, whatever contact they are', async () => {
    const [one, two] = ['+12125550241', '+12125550242']
    const properties = { phone: one, mobilephone: two }
    const id = await addContact(world, { properties, at: '2025-01-15T09:00:00Z' })
    await useRules(world, planRule)
    const turns = ['I want the Pro plan.']
    await world.take(call({ id: 'one', at: '2025-04-10T10:00:00Z', number: one, turns }))
    await world.take(call({ id: 'two', at: '2025-03-10T10:00:00Z', number: two, turns }))
    await backfill(world, 'one', 'two')
    await useRules(world, { ...planRule, mode: 'union' }, { from: 'goal', to: 'customer_goal' })
    const planned = await planMappingOnly(world, [], ['one', 'two'])
    const report = await apply(world, planned.backfill.id)
    expect(planned.rows).toMatchObject([{ externalId: id }])
    expect(Object.keys(report.status.pushes.decisions)).not.toContain('moved')
  })
})
