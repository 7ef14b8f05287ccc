import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { kinds } from '../support/accounts/account.ts'
import { apply, backfill, planMappingOnly, workOn } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { type Rule, useRules } from '../support/mappings.ts'
import { addContact, historyCalls, rowsWritten, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

const planRule: Rule = { from: 'plan', to: 'plan_wanted' }
const goalRule: Rule = { from: 'goal', to: 'customer_goal' }

describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  const { account, db, useCases, actor } = world
  account.defineProperties([textField('plan_wanted'), textField('customer_goal')])
  await useRules(world, planRule)
  await ask(world, plan, goal(3))

  /** A contact with an analysed call about the Pro plan and a quiet office, made before any rule asks for the goal. */
  async function calledContact(number: string, rule = planRule) {
    const id = await addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' })
    await useRules(world, rule)
    const turns = ['I want the Pro plan.', 'Good.', 'My goal is a quiet office.']
    await world.take(call({ id: number, at: '2025-04-10T10:00:00Z', number, turns }))
    await backfill(world, number)
    return id
  }

  function fieldsOf(id: string) {
    const { plan_wanted, customer_goal } = account.held(id)
    return { plan_wanted, customer_goal }
  }

  /** What the cells of a report or plan come to, by record and HubSpot's name of the field. */
  function kindsOf(cells: { externalId: string; field: string; decision: { decision: string } }[]) {
    return Object.fromEntries(cells.map((cell) => [`${cell.externalId} ${cell.field}`, cell.decision.decision]))
  }

  /** Every row of the tables that a plan must not write to, as a fingerprint each. */
  async function fingerprints() {
    // What counts the calls of CRMs and remembers their fields is none of our decisions.
    const own = ['plans', 'plan_rows', 'backfills', 'backfill_items', 'audit_entries', 'buckets', 'crm_schemas']
    const tables = await sql<{ name: string }>`
      select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> all(${own})
    `.execute(db)
    const prints = tables.rows.map(async ({ name }) => {
      const { rows } = await sql<{ print: string }>`
        select coalesce(md5(string_agg(row::text, '|' order by row::text)), '') as print from ${sql.table(name)} as row
      `.execute(db)
      return [name, rows[0]?.print ?? '']
    })
    return Object.fromEntries(await Promise.all(prints))
  }

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
      const before = { prints: await fingerprints(), rows: rowsWritten(world) }
      const planned = await planMappingOnly(world, [], ['+12125550221'])
      expect({ prints: await fingerprints(), rows: rowsWritten(world) }).toEqual(before)
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
