import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { ImportReport } from '../../src/conversations/index.ts'
import { startWorking } from '../../src/main/index.ts'
import { historyCalls, rowsWritten, textField } from '../support/records.ts'
import { sharedData } from '../support/shared-data.ts'
import { createWorld } from '../support/world.ts'

const calls = sharedData('star-calls.jsonl')
const chats = sharedData('star-chats.jsonl')
const agents = sharedData('agents.json')
const contacts = sharedData('contacts.csv')
const isAbsent = [calls, chats, agents, contacts].some((file) => file.absent)
const shippedMapping = new URL('../../mappings/contacts.yaml', import.meta.url)

// Real workers on a real queue; only the vendors are sandboxes.
describe.skipIf(isAbsent)('247 conversations of 88 people', async () => {
  const world = await createWorld()
  const { useCases, actor, db, hubspot } = world

  beforeAll(async () => {
    hubspot.defineProperties([
      textField('last_call_summary'),
      textField('last_sentiment'),
      { name: 'last_call_successful', type: 'bool', fieldType: 'booleancheckbox' },
      { name: 'last_call_at', type: 'datetime', fieldType: 'date' },
    ])
    const people = readFileSync(contacts.path, 'utf8').trim().split('\n').slice(1)
    hubspot.createContacts(
      people.map((line) => {
        const [firstname = '', lastname = '', email = '', phone = ''] = line.split(',')
        return { properties: { firstname, lastname, email, phone } }
      }),
    )
    await world.useMapping(readFileSync(shippedMapping, 'utf8'))
    await useCases.importAgents({ file: JSON.parse(readFileSync(agents.path, 'utf8')), actor })
  })

  function importLines(lines: AsyncIterable<string> | string[]): Promise<ImportReport> {
    return useCases.importConversations({ lines, actor, reason: 'test', analyse: false })
  }

  function linesOf(file: { path: string }) {
    return createInterface({ input: createReadStream(file.path) })
  }

  /** Starts a backfill of everything and waits until the workers are through with it. */
  async function backfillAll() {
    const { id } = await useCases.planBackfill({ filter: { kind: 'any', conditions: [] }, actor, reason: 'test' })
    await useCases.startBackfill({ id, actor })
    await vi.waitUntil(async () => (await useCases.backfillStatus(id)).settled, { timeout: 60_000, interval: 100 })
    await vi.waitUntil(async () => (await useCases.pushRecords({ actor })).main !== null, { timeout: 10_000 })
    return useCases.reportBackfill(id)
  }

  test('are imported, and imported again without a change', async () => {
    expect(await importLines(linesOf(calls))).toMatchObject({ lines: 207, stored: 207, problemCount: 0 })
    expect(await importLines(linesOf(chats))).toMatchObject({ lines: 40, stored: 40, problemCount: 0 })
    const unchanged = { runId: null, stored: 0, changed: 0, problemCount: 0 }
    expect(await importLines(linesOf(calls))).toMatchObject({ ...unchanged, unchanged: 207 })
    expect(await importLines(linesOf(chats))).toMatchObject({ ...unchanged, unchanged: 40 })
  })

  test('with broken lines between them: each is reported by its number and stops no other', async () => {
    const [first = '', second = '', third = ''] = readFileSync(chats.path, 'utf8').split('\n')
    const report = await importLines([first.slice(0, 50), first, '', '[]', second, '{"chat_id":"x"}', third])
    expect(report).toMatchObject({ lines: 6, stored: 0, unchanged: 3, problemCount: 3 })
    expect(report.problems.map((problem) => problem.line)).toEqual([1, 4, 6])
  })

  test('end in exactly one typed outcome each', async () => {
    await world.importCrm()
    await startWorking(world)
    const { status, cells } = await backfillAll()
    expect(status.items).toMatchObject({ total: 247, done: 247, outcomes: { ok: 240, skipped: 7 } })
    expect(status.items.reasons).toEqual({ not_connected: 5, agent_only: 2 })
    expect(status.modelCalls).toBe(240)
    // 12 without a number and 3 from numbers that nobody has; 4 from a number that two have.
    expect(status.pushes.decisions).toMatchObject({ no_record: 15, ambiguous: 4 })
    expect(status.pushes).toMatchObject({ waiting: 0, held: 0 })
    expect(cells.filter((cell) => cell.decision.decision === 'rejected')).toEqual([])
  })

  test('are reflected in the CRM wherever they have a record: by the last word on each field', async () => {
    const linked = await db
      .selectFrom('links')
      .innerJoin('conversations', 'conversations.id', 'links.conversation_id')
      .innerJoin('crm_records', 'crm_records.id', 'links.record_id')
      .innerJoin('analyses', 'analyses.conversation_id', 'conversations.id')
      .select(['external_id', 'conversations.ended_at', 'analyses.fields'])
      .where('analyses.current', '=', true)
      .orderBy('spoken_at')
      .execute()
    expect(linked).toHaveLength(240 - 15 - 4)
    for (const [externalId, told] of Map.groupBy(linked, (each) => each.external_id)) {
      const summaries = told.map(({ fields }) => foundIn(fields, 'call_summary') ?? foundIn(fields, 'chat_summary'))
      expect(world.held(externalId)).toMatchObject({
        last_call_summary: summaries.findLast((summary) => summary !== undefined),
        last_call_at: told.at(-1)?.ended_at?.toISOString(),
      })
    }
    const untouched = hubspot
      .state()
      .contacts.filter((contact) => !linked.some((each) => each.external_id === contact.id))
    expect(untouched.filter((contact) => 'last_call_summary' in contact.properties)).toEqual([])
  })

  test('are left alone by the same backfill again, and the report says so', async () => {
    const before = {
      requests: world.models.admin.state().requests,
      rows: rowsWritten(world),
      history: historyCalls(world),
    }
    const { status, nothingToDo } = await backfillAll()
    expect(nothingToDo).toBe(true)
    expect(status).toMatchObject({ modelCalls: 0, items: { cached: 240, outcomes: { ok: 240, skipped: 7 } } })
    expect(status.pushes).toMatchObject({ recordsWritten: 0, calls: { history: 0, write: 0 } })
    expect(before).toEqual({
      requests: world.models.admin.state().requests,
      rows: rowsWritten(world),
      history: historyCalls(world),
    })
  })
})

function foundIn(fields: Record<string, unknown>, name: string): unknown {
  const field = fields[name]
  return typeof field === 'object' && field !== null && 'value' in field ? (field.value ?? undefined) : undefined
}
