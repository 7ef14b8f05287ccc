import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { pushByHand } from '../../src/sync/index.ts'
import { openCli } from '../cli/open-cli.ts'
import { planMappingOnly, workOn } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { useRules } from '../support/mappings.ts'
import { createWorld } from '../support/world.ts'
import { analyse } from './programs/analyse.ts'

const world = await createWorld()
const { db, useCases, actor } = world
let people = 0

/** A running backfill of so many calls that say an e-mail address, some of them none that the CRM takes, after so many rows that were written. */
async function running({ right, wrong, before }: { right: number; wrong: number; before: number }) {
  await useRules(world)
  const numbers = Array.from({ length: right + wrong }, () => `+1212555${1000 + people++}`)
  const contacts = world.account.createContacts(numbers.map((phone) => ({ properties: { phone } })))
  await world.importCrm()
  const at = '2026-04-10T10:00:00Z'
  await world.take(...numbers.map((number) => call({ id: number, at, number, turns: ['Mail me.'] })))
  const saying = (value: string) => ({ plan: { value, status: 'found' as const, evidence: [] } })
  const found = Object.fromEntries(
    numbers.map((number, nth) => [number, saying(nth < wrong ? 'no address' : `p${number.slice(1)}@example.com`)]),
  )
  await analyse(world, [found], { keep: true })
  await useRules(world, { from: 'plan', to: 'email' })
  const { backfill } = await planMappingOnly(world, [], Object.keys(found))
  const { runId } = await useCases.startBackfill({ id: backfill.id, actor })
  await sql`
    with pushed as (insert into pushes (id, connection, records) values (gen_random_uuid(), 'main', 1) returning id)
    insert into ledger (push_id, connection, record_id, run_id, changes, outcome, detail, answered_at)
    select pushed.id, 'main', crm_records.id, ${runId}::bigint, '[]', 'written', '{"rejectedFields": []}', now()
    from pushed, crm_records, generate_series(1, ${before}::int) where external_id = ${contacts[0] ?? ''}`.execute(db)
  await workOn(world, backfill.id)
  const written = () => contacts.filter((id) => String(world.held(id).email ?? '').includes('@')).length
  const { run } = openCli(world)
  return { id: backfill.id, written, show: async () => (await run('backfill', 'status', `${backfill.id}`)).out }
}

const stateOf = async (id: number) => (await useCases.backfillStatus(id)).backfill.state

test('a backfill of which the CRM refuses more than 1 % of the last 1,000 records is paused, with the reason in words', async () => {
  const story = await running({ right: 5, wrong: 11, before: 985 })
  // One record's turn comes later: while a backfill has something to push, there is something to stop.
  const isLast = sql<boolean>`record_id = (select max(record_id) from marks)`
  await db
    .updateTable('marks')
    .set({ not_before: new Date(0) })
    .where(sql<boolean>`not (${isLast})`)
    .execute()
  await db
    .updateTable('marks')
    .set({ not_before: new Date('2100-01-01') })
    .where(isLast)
    .execute()
  // The run goes on finding more meanwhile: nothing of it may wait for who counts, who in turn waits for the backfill.
  const runRefused: typeof world.next.runRefused = async (trx, refused) => {
    await sql`insert into attempts (purpose, run_id, model, state, started_at)
      values ('analysis', ${refused.runId}::bigint, 'm', 'started', now())`.execute(db)
    await world.next.runRefused(trx, refused)
  }
  await pushByHand({ ...world, next: { ...world.next, runRefused } }, world.crm)
  expect(await stateOf(story.id)).toBe('paused')
  expect(await story.show()).toMatch(
    /paused {5}the CRM refused 11 of the last 1,000 records, which looks like a fault of the mapping, most often email \(INVALID_EMAIL\)\n/,
  )
  expect(story.written()).toBe(4)
  const entry = db.selectFrom('audit_entries').select('actor').where('action', '=', 'backfill.paused')
  expect(await entry.execute()).toEqual([{ actor: 'system:push' }])

  // Whoever has looked at it lets it go on, and what has stopped it does not stop it again.
  await useCases.resumeBackfill({ id: story.id, actor })
  await useCases.retryBackfill({ id: story.id, actor })
  await workOn(world, story.id)
  await world.push()
  expect(await stateOf(story.id)).toBe('done')
  expect(await story.show()).not.toContain('paused')
  expect(story.written()).toBe(5)
})

test.each([
  ['not more than 1 % are refused', { right: 5, wrong: 10, before: 985 }],
  ['it has not sent 1,000 yet', { right: 1, wrong: 12, before: 986 }],
])('it goes on where %s', async (_, rows) => {
  const story = await running(rows)
  await world.push()
  expect(await stateOf(story.id)).toBe('done')
  expect(story.written()).toBe(rows.right)
})
