import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ImportReport } from '../../src/conversations/index.ts'
import { type Installation, openInstallation, startWorking } from '../../src/main/index.ts'
import type { Account, Kind } from '../support/accounts/account.ts'
import { translated } from '../support/mappings.ts'
import { booleanField, datetimeField, historyCalls, longTextField, rowsWritten, textField } from '../support/records.ts'
import { sharedData } from '../support/shared-data.ts'
import { createWorldOn } from '../support/world.ts'

const calls = sharedData('star-calls.jsonl')
const chats = sharedData('star-chats.jsonl')
const agents = sharedData('agents.json')
const contacts = sharedData('contacts.csv')
const isAbsent = [calls, chats, agents, contacts].some((file) => file.absent)
const mappedFields = ['last_call_summary', 'last_sentiment', 'last_call_successful', 'last_call_at']
/** What the first run has left in each kind of CRM, contact by contact. */
const fieldsOf = new Map<Kind, (string | undefined)[][]>()
const shippedMapping = new URL('../../mappings/contacts.yaml', import.meta.url)

const performances: { into: string; kinds: Kind[]; workers: number; isShuffled: boolean }[] = [
  { into: 'HubSpot', kinds: ['hubspot'], workers: 1, isShuffled: false },
  { into: 'Salesforce', kinds: ['salesforce'], workers: 1, isShuffled: false },
  { into: 'both, shuffled, by four workers', kinds: ['hubspot', 'salesforce'], workers: 4, isShuffled: true },
]

// Real workers on a real queue; only the vendors are sandboxes.
describe.skipIf(isAbsent).each(performances)(
  '247 conversations of 88 people into $into',
  async ({ kinds, workers, isShuffled }) => {
    const world = await createWorldOn(kinds)
    const { useCases, actor, db, accounts } = world
    const others: Installation[] = []
    afterAll(() => Promise.all(others.map((other) => other.close())))

    beforeAll(async () => {
      const people = readFileSync(contacts.path, 'utf8').trim().split('\n').slice(1)
      const seeds = people.map((line) => {
        const [firstname = '', lastname = '', email = '', phone = ''] = line.split(',')
        return { properties: { firstname, lastname, email, phone } }
      })
      for (const account of accounts) {
        account.defineProperties([
          longTextField('last_call_summary'),
          textField('last_sentiment'),
          booleanField('last_call_successful'),
          datetimeField('last_call_at'),
        ])
        account.createContacts(seeds)
      }
      const shipped = readFileSync(shippedMapping, 'utf8')
      await world.useMapping(...accounts.map((account) => translated(account, shipped)))
      await useCases.importAgents({ file: JSON.parse(readFileSync(agents.path, 'utf8')), actor })
    })

    /** The same installation once more, as another process has it. */
    async function openAnother(): Promise<Installation> {
      const another = await openInstallation(world.config, world.log)
      others.push(another)
      return another
    }

    function importLines(lines: string[]): Promise<ImportReport> {
      return useCases.importConversations({ lines, actor, reason: 'test', analyse: false })
    }

    function linesOf(file: { path: string }): string[] {
      const lines = readFileSync(file.path, 'utf8').trim().split('\n')
      return isShuffled ? lines.sort((a, b) => hashOf(a).localeCompare(hashOf(b))) : lines
    }

    /** Starts a backfill of everything and waits until the workers are through with it. */
    async function backfillAll() {
      const { id } = await useCases.planBackfill({ filter: { kind: 'any', conditions: [] }, actor, reason: 'test' })
      await useCases.startBackfill({ id, actor })
      await vi.waitUntil(async () => (await useCases.backfillStatus(id)).settled, { timeout: 60_000, interval: 100 })
      await vi.waitUntil(async () => !Object.values(await useCases.pushRecords({ actor })).includes(null), {
        timeout: 10_000,
      })
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
      for (let more = workers; more > 1; more -= 1) await startWorking(await openAnother())
      const { status, cells } = await backfillAll()
      expect(status.items).toMatchObject({ total: 247, done: 247, outcomes: { ok: 240, skipped: 7 } })
      expect(status.items.reasons).toEqual({ not_connected: 5, agent_only: 2 })
      expect(status.modelCalls).toBe(240)
      // 12 without a number and 3 from numbers that nobody has; 4 from a number that two have.
      for (const { connection } of accounts) {
        const pushes = status.pushes.connections[connection]
        expect(pushes).toMatchObject({ decisions: { no_record: 15, ambiguous: 4 }, waiting: 0, held: 0 })
      }
      expect(cells.filter((cell) => cell.decision.decision === 'rejected')).toEqual([])
    })

    test('are reflected in the CRM wherever they have a record: by the last word on each field', async () => {
      for (const account of accounts) await expectLastWords(account)
    })

    test('end in the same fields, whatever their order and whoever does the work', () => {
      for (const account of accounts) {
        const fields = account.contacts().map(({ properties }) => mappedFields.map((field) => properties[field]))
        expect(fields).toEqual(fieldsOf.get(account.kind) ?? fields)
        fieldsOf.set(account.kind, fields)
      }
    })

    async function expectLastWords(account: Account): Promise<void> {
      const linked = await db
        .selectFrom('links')
        .innerJoin('conversations', 'conversations.id', 'links.conversation_id')
        .innerJoin('crm_records', 'crm_records.id', 'links.record_id')
        .innerJoin('analyses', 'analyses.conversation_id', 'conversations.id')
        .select(['external_id', 'conversations.ended_at', 'analyses.fields'])
        .where('analyses.current', '=', true)
        .where('links.connection', '=', account.connection)
        .orderBy('spoken_at')
        .execute()
      expect(linked).toHaveLength(240 - 15 - 4)
      const held = new Map(account.contacts().map(({ id, properties }) => [id, properties]))
      const told = Map.groupBy(linked, (each) => each.external_id)
      for (const [externalId, own] of told) {
        const summaries = own.map(({ fields }) => foundIn(fields, 'call_summary') ?? foundIn(fields, 'chat_summary'))
        expect(held.get(externalId)).toMatchObject({
          last_call_summary: summaries.findLast((summary) => summary !== undefined),
          last_call_at: timeIn(account, own.at(-1)?.ended_at),
        })
      }
      const untouched = [...held].filter(([id]) => !told.has(id))
      expect(untouched.filter(([, properties]) => 'last_call_summary' in properties)).toEqual([])
    }

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
  },
)

function foundIn(fields: Record<string, unknown>, name: string): unknown {
  const field = fields[name]
  return typeof field === 'object' && field !== null && 'value' in field ? (field.value ?? undefined) : undefined
}

/** A moment as the account keeps it: Salesforce in whole seconds. */
function timeIn({ kind }: Account, time: Date | null | undefined): string | undefined {
  if (!time) return undefined
  return new Date(kind === 'salesforce' ? Math.floor(time.getTime() / 1_000) * 1_000 : time).toISOString()
}

function hashOf(line: string): string {
  return createHash('sha256').update(line).digest('hex')
}
