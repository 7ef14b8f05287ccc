import { describe, expect, test } from 'vitest'
import { reportAsMarkdown } from '../../src/backfill/index.ts'
import { readSchema } from '../../src/crm/index.ts'
import { openCli } from '../cli/open-cli.ts'
import { openAppOn } from '../http/open-app.ts'
import { kinds } from '../support/accounts/account.ts'
import { defineKey, failCreation, loggedOf, useActivities } from '../support/activities.ts'
import { backfill, planOf } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { markAll } from '../support/pushes.ts'
import { addContact, rowsWritten, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

const options = (...values: string[]) => values.map((value) => ({ value }))
const choice = (name: string, ...values: string[]) => ({
  name,
  type: 'enumeration',
  fieldType: 'select',
  options: options(...values),
})
const saysPro = ['I want the Pro plan.']

describe.each(kinds)('what %s refuses', async (kind) => {
  const world = await createWorldOn([kind])
  const { account, useCases, actor } = world
  const { call: request } = await openAppOn(world)
  const { run } = openCli(world)
  let people = 0

  /** A new person who has called, and a backfill of that call: by then the CRM may be another than when its fields were read. */
  async function wanted(property: string, prepare: () => void) {
    const number = `+121255501${String(people++).padStart(2, '0')}`
    const id = `call_${people}`
    await useRules(world, { from: 'plan', to: property }, { from: 'plan', to: 'plan_text' })
    const contact = await addContact(world, { properties: { phone: number } })
    await ask(world, plan)
    await world.take(call({ id, at: '2026-04-10T10:00:00Z', number, turns: saysPro }))
    // What the push will know of the fields.
    await readSchema(world, account.object, { maxAgeMs: 0 })
    prepare()
    const { backfill: done } = await backfill(world, id)
    const report = () => useCases.reportBackfill(done.id)
    return { contact, runId: done.runId ?? 0, backfillId: done.id, report, held: () => account.held(contact) }
  }
  const decisionOf = (property: string, cells: { field: string; decision: { decision: string } }[]) =>
    cells.find(({ field }) => field === account.nameOf(property))?.decision.decision

  account.defineProperties([textField('plan_text')])

  test('for its value is told by its code, costs no other field, and is not sent again', async () => {
    const story = await wanted('email', () => {})
    const code = kind === 'hubspot' ? 'INVALID_EMAIL' : 'INVALID_EMAIL_ADDRESS'
    const report = await story.report()
    const { failures, cells } = report
    expect(report.commands).toMatchObject({ retryWrites: `afterword backfill retry ${story.backfillId}` })
    const page = reportAsMarkdown(report)
    expect(page).toContain(`| main | rejected | ${code.replaceAll('_', '\\_')} | 1 |`)
    expect(page).toContain(`    afterword backfill retry ${story.backfillId}`)
    const example = { externalId: story.contact, field: account.nameOf('email') }
    expect(failures).toEqual([{ connection: 'main', decision: 'rejected', reason: code, cells: 1, example }])
    expect(decisionOf('plan_text', cells)).toBe('write')
    expect(story.held().plan_text).toBe('Pro')
    const rows = rowsWritten(world)
    await markAll(world)
    await world.push()
    expect(rowsWritten(world)).toBe(rows)
  })

  test('is tried again when a person asks for it, and the report tells what came of it', async () => {
    const story = await wanted('email', () => {})
    expect(await useCases.retryBackfill({ id: story.backfillId, actor })).toEqual({ runId: story.runId, records: 1 })
    const rows = rowsWritten(world)
    await world.push()
    // Sent with the field, and nothing else was left to be sent.
    expect(rowsWritten(world)).toBeGreaterThan(rows)
    const { failures, cells } = await story.report()
    expect(failures).toMatchObject([{ decision: 'rejected', cells: 1 }])
    expect(decisionOf('plan_text', cells)).toBe('write')
    expect(await useCases.retryRun({ runId: story.runId, actor })).toMatchObject({ records: 1 })
  })

  test('is tried again by a call or a command: how many, by whom, and why not', async () => {
    const { runId, backfillId } = await wanted('email', () => {})
    const post = async (path: string) => {
      const answer = await request('POST', `/v1/${path}/retry`)
      return [answer.status, await answer.json()]
    }
    const again = [200, { run_id: runId, records: 1 }]
    const told = '1 record to be pushed again'
    expect(await post(`backfills/${backfillId}`)).toEqual(again)
    // What waits for its push already is not refused any more.
    expect(await post(`runs/${runId}`)).toEqual([200, { run_id: runId, records: 0 }])
    expect(await run('retry', `${runId}`)).toMatchObject({ code: 0, out: `run ${runId}: nothing of it was refused` })
    await world.push()
    expect(await post(`runs/${runId}`)).toEqual(again)
    await world.push()
    expect(await run('retry', `${runId}`)).toEqual({ code: 0, out: `run ${runId}: ${told}`, err: '' })
    await world.push()
    const byBackfill = await run('backfill', 'retry', `${backfillId}`)
    expect(byBackfill).toEqual({ code: 0, out: `backfill ${backfillId}: ${told}`, err: '' })
    const audit = await world.db
      .selectFrom('audit_entries')
      .select(['actor', 'after'])
      .where('action', '=', 'run.retried')
      .where('run_id', '=', runId)
      .orderBy('id')
      .execute()
    expect(audit.map(({ actor: who, after }) => `${who} ${Object(after).records}`)).toEqual([
      'key:tester 1',
      'key:tester 0',
      'cli:tester 0',
      'key:tester 1',
      'cli:tester 1',
      'cli:tester 1',
    ])

    const planned = await planOf(world)
    expect(await post(`backfills/${planned}`)).toMatchObject([409, { error: { code: 'backfill.state' } }])
    expect(await run('backfill', 'retry', `${planned}`)).toMatchObject({
      code: 1,
      err: `error: backfill ${planned} has not started`,
    })
    await useCases.undoBackfill({ id: backfillId, actor, reason: 'test' })
    expect(await post(`runs/${runId}`)).toMatchObject([409, { error: { code: 'run.undone' } }])
    expect(await run('retry', `${runId}`)).toMatchObject({ code: 1, err: expect.stringContaining('is undone') })
    expect(await post('runs/999999')).toMatchObject([404, { error: { code: expect.any(String) } }])
    expect(await post('runs/none')).toMatchObject([400, { error: { message: expect.stringContaining('id') } }])
  })

  test('is tried again once, also where an activity of its record has to wait', async () => {
    const story = await wanted('email', () => {})
    defineKey(world)
    await useActivities(world, [
      { from: 'plan', to: 'email' },
      { from: 'plan', to: 'plan_text' },
    ])
    await useCases.retryBackfill({ id: story.backfillId, actor })
    await useCases.rerunConversation({ conversationId: `call_${people}`, actor, reason: 'test' })
    failCreation(world, 'status', { hasKey: true, status: 500, times: 20 })
    world.hubspot.addFault({ operation: 'calls.batch_upsert', kind: 'status', status: 500, times: 20 })
    const before = rowsWritten(world)
    await world.push()
    const rows = rowsWritten(world)
    expect(rows).toBeGreaterThan(before)
    await world.push()
    expect(rowsWritten(world)).toBe(rows)
    expect(loggedOf(world, `call_${people}`)).toEqual([])
    account.recover()
    await world.push()
    expect(rowsWritten(world)).toBe(rows)
    expect(loggedOf(world, `call_${people}`)).toHaveLength(1)
  })

  test('because a field is gone is left out, the fields are read anew, and it is written when the field is back', async () => {
    account.defineProperties([textField('plan_gone')])
    const story = await wanted('plan_gone', () => account.removeProperties(['plan_gone']))
    const { failures, cells } = await story.report()
    expect(story.held().plan_text).toBe('Pro')
    expect(decisionOf('plan_text', cells)).toBe('write')
    expect(failures).toMatchObject([
      { decision: 'rejected', cells: 1, example: { field: account.nameOf('plan_gone') } },
    ])
    account.defineProperties([textField('plan_gone')])
    await useCases.describeObjects()
    await useCases.retryBackfill({ id: story.backfillId, actor })
    await world.db
      .updateTable('crm_schemas')
      .set({ read_at: new Date(0) })
      .execute()
    await world.push()
    expect(story.held().plan_gone).toBe('Pro')
    expect(await story.report()).toMatchObject({ failures: [] })
  })

  test('because an option is missing is sent by itself once the field has it', async () => {
    account.defineProperties([choice('plan_choice', 'Basic', 'Pro')])
    const story = await wanted('plan_choice', () => {
      account.removeProperties(['plan_choice'])
      account.defineProperties([choice('plan_choice', 'Basic')])
    })
    const reason = kind === 'hubspot' ? 'INVALID_OPTION' : 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST'
    expect((await story.report()).failures).toMatchObject([{ decision: 'rejected', cells: 1, reason }])
    const rows = rowsWritten(world)
    await markAll(world)
    await world.push()
    expect(rowsWritten(world)).toBe(rows)
    account.removeProperties(['plan_choice'])
    account.defineProperties([choice('plan_choice', 'Basic', 'Pro', 'Team')])
    await world.db
      .updateTable('crm_schemas')
      .set({ read_at: new Date(0) })
      .execute()
    await markAll(world)
    await world.push()
    expect(story.held().plan_choice).toBe('Pro')
  })

  test('of a run that is undone is not tried again, nor of one that nobody knows', async () => {
    const story = await wanted('email', () => {})
    await useCases.undoBackfill({ id: story.backfillId, actor, reason: 'test' })
    const retry = useCases.retryBackfill({ id: story.backfillId, actor })
    await expect(retry).rejects.toMatchObject({ code: 'run.undone', status: 409 })
    await expect(useCases.retryRun({ runId: 999_999, actor })).rejects.toMatchObject({ status: 404 })
  })
})
