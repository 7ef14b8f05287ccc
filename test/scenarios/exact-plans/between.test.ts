import { describe, expect, test } from 'vitest'
import { kinds } from '../../support/accounts/account.ts'
import { defineKey, failCreation, loggedOf, useActivities } from '../../support/activities.ts'
import { apply, backfill, planMappingOnly, workOn } from '../../support/backfills.ts'
import { call } from '../../support/conversations.ts'
import { useRules } from '../../support/mappings.ts'
import { rowsWritten } from '../../support/records.ts'
import { goalRule, openStage, planRule } from './stage.ts'

describe.each(kinds)('on %s', async (kind) => {
  const { world, account, useCases, actor, calledContact, fieldsOf, kindsOf } = await openStage(kind)

  describe('between plan and apply', () => {
    test('an edit: that cell alone has moved, the others are written', async () => {
      const [edited, other] = [await calledContact('+12125550231'), await calledContact('+12125550232')]
      await useRules(world, { ...planRule, values: { Pro: 'Professional' } }, goalRule)
      const { backfill: planned } = await planMappingOnly(world, [], ['+12125550231', '+12125550232'])
      account.edit({ id: edited, properties: { customer_goal: 'Typed since' }, as: 'person' })
      const report = await apply(world, planned.id)
      const [planField, goalField] = [account.nameOf('plan_wanted'), account.nameOf('customer_goal')]
      expect(kindsOf(report.cells)).toEqual({
        [`${edited} ${goalField}`]: 'moved',
        [`${edited} ${planField}`]: 'write',
        [`${other} ${goalField}`]: 'write',
        [`${other} ${planField}`]: 'write',
      })
      expect(report.status.pushes.decisions).toEqual({ moved: 1, write: 3 })
      expect(report.cells.find((cell) => cell.decision.decision === 'moved')).toMatchObject({
        before: 'Typed since',
        after: 'Typed since',
        decision: {
          planned: { before: null, after: 'My goal is' },
          why: expect.stringContaining('kept_edit, edited by '),
        },
      })
      expect([fieldsOf(edited), fieldsOf(other)]).toEqual([
        { plan_wanted: 'Professional', customer_goal: 'Typed since' },
        { plan_wanted: 'Professional', customer_goal: 'My goal is' },
      ])
    })

    test('an edit that the rule ignores: left alone all the same, until it is planned again', async () => {
      const id = await calledContact('+12125550233')
      await useRules(world, { ...goalRule, human_edits: 'overwrite', others: 'ignore' })
      const first = await planMappingOnly(world, [], ['+12125550233'])
      account.edit({ id, properties: { customer_goal: 'Typed since' }, as: 'person' })
      const report = await apply(world, first.backfill.id)
      expect(report.cells).toMatchObject([
        { decision: { decision: 'moved', why: expect.stringContaining('now: write') } },
      ])
      expect(fieldsOf(id).customer_goal).toBe('Typed since')
      const second = await useCases.replanBackfill({ id: first.backfill.id, actor })
      await apply(world, second.id)
      expect(fieldsOf(id).customer_goal).toBe('My goal is')
    })

    test('an edit that is left alone stays so when its record is looked at again, as its activity had to wait', async () => {
      const id = await calledContact('+12125550238')
      defineKey(world)
      await useActivities(world, [{ ...goalRule, human_edits: 'overwrite', others: 'ignore' }])
      const { backfill: planned } = await planMappingOnly(world, [], ['+12125550238'])
      account.edit({ id, properties: { customer_goal: 'Typed since' }, as: 'person' })
      failCreation(world, 'status', { hasKey: true, status: 500, times: 20 })
      world.hubspot.addFault({ operation: 'calls.batch_upsert', kind: 'status', status: 500, times: 20 })
      const { cells } = await apply(world, planned.id)
      expect(cells).toMatchObject([{ decision: { decision: 'moved' } }])
      expect(loggedOf(world, '+12125550238')).toEqual([])
      account.recover()
      await world.push()
      expect(loggedOf(world, '+12125550238')).toHaveLength(1)
      expect(fieldsOf(id).customer_goal).toBe('Typed since')
    })

    test('a deletion that waits for the same push takes its share all the same', async () => {
      const id = await calledContact('+12125550237')
      const turns = ['I want the Team plan.', 'Good.', 'My goal is more room.']
      await world.take(call({ id: 'doomed', at: '2025-06-01T10:00:00Z', number: '+12125550237', turns }))
      await useRules(world, { ...planRule, human_edits: 'overwrite', others: 'ignore' })
      await backfill(world, '+12125550237', 'doomed')
      expect(fieldsOf(id).plan_wanted).toBe('Team')
      await useRules(world, { ...planRule, human_edits: 'overwrite', others: 'ignore', mode: 'fill_if_empty' })
      const { backfill: planned } = await planMappingOnly(world, [], ['+12125550237'])
      await useCases.startBackfill({ id: planned.id, actor })
      await workOn(world, planned.id)
      account.edit({ id, properties: { plan_wanted: 'Typed since' }, as: 'person' })
      await useCases.deleteConversation({ id: 'doomed', actor, reason: 'test' })
      await world.push()
      expect(fieldsOf(id).plan_wanted).toBe('Pro')
    })

    test('another conversation: the fold decides, never the old plan', async () => {
      const id = await calledContact('+12125550234')
      await useRules(world, planRule, goalRule)
      const { backfill: planned } = await planMappingOnly(world, [], ['+12125550234'])
      const turns = ['I want the Team plan.', 'Good.', 'My goal is more room.']
      await world.take(call({ id: 'since', at: '2025-06-01T10:00:00Z', number: '+12125550234', turns }))
      await world.rerun('since')
      const rows = rowsWritten(world)
      const report = await apply(world, planned.id)
      expect(new Set(Object.values(kindsOf(report.cells)))).toEqual(new Set(['superseded']))
      expect(fieldsOf(id)).toEqual({ plan_wanted: 'Team', customer_goal: 'My goal is' })
      expect(rowsWritten(world)).toBe(rows)
    })

    test('a changed rule: refused with its field, and planned again', async () => {
      await calledContact('+12125550235')
      await useRules(world, planRule, goalRule)
      const { backfill: planned } = await planMappingOnly(world, [], ['+12125550235'])
      await useRules(world, planRule, { ...goalRule, mode: 'fill_if_empty' })
      await expect(useCases.startBackfill({ id: planned.id, actor })).rejects.toMatchObject({
        status: 409,
        message: expect.stringContaining(`mapping file contacts.yaml (${account.nameOf('customer_goal')} changed)`),
      })
      const again = await useCases.replanBackfill({ id: planned.id, actor })
      expect(again).toMatchObject({ state: 'planned', kind: 'mapping', filter: planned.filter })
      await apply(world, again.id)
    })
  })
})
