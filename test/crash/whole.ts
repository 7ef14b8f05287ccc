import { type RawBuilder, sql } from 'kysely'
import { expect } from 'vitest'
import type { Db } from '../../src/db/index.ts'
import type { Account } from '../support/accounts/account.ts'
import { expectCountersKept } from '../support/backfills.ts'
import type { World } from '../support/world.ts'
import { callCount, cellsOf, expectedOf, modelCallCount, recordCount } from './story.ts'

/** What a run leaves behind, as far as it must not depend on what happened on the way. */
export async function remainsOf({ db, accounts }: Pick<World, 'db' | 'accounts'>) {
  const items = await db
    .selectFrom('backfill_items')
    .select(['conversation_id', 'state', 'outcome', 'reason'])
    .orderBy('conversation_id')
    .execute()
  const analyses = await db
    .selectFrom('analyses')
    .select(['conversation_id', 'number', 'current', 'fields'])
    .orderBy('conversation_id')
    .execute()
  const crms = await Promise.all(accounts.map(async (account) => [account.kind, await remainsIn(db, account)]))
  return { items, analyses, crms: Object.fromEntries(crms) }
}

/** What it leaves in a CRM, and what we know of the edits there. */
async function remainsIn(db: Db, account: Account) {
  const events = await db
    .selectFrom('field_events')
    .innerJoin('crm_records', 'crm_records.id', 'record_id')
    .select(['external_id', 'field', 'kind', 'value', 'author'])
    .where('connection', '=', account.connection)
    .orderBy('external_id')
    .orderBy('field')
    .orderBy('at')
    .execute()
  return { cells: cellsOf(account), events }
}

/** Every record of every CRM holds what the story says. */
export function expectStory({ accounts }: Pick<World, 'accounts'>): void {
  for (const cells of accounts.map(cellsOf)) {
    expect(cells).toHaveLength(recordCount)
    for (const [contact, held] of cells.entries()) {
      expect(held).toMatchObject(expectedOf(contact))
      expect(held).toMatchObject({ last_call_summary: expect.any(String), last_call_at: expect.any(String) })
    }
  }
}

/** Every conversation has its one outcome, every record was written once, and nothing is left to do or to find out. */
export async function expectNothingLost({ db, accounts }: Pick<World, 'db' | 'accounts'>): Promise<void> {
  const outcomes = { ok: modelCallCount, skipped: callCount - modelCallCount }
  expect(await countsOf(db, sql`select outcome as name from backfill_items`)).toEqual(outcomes)
  await expectCountersKept(db)
  const { unsent: _, ...ledger } = await countsOf(db, sql`select coalesce(outcome, 'open') as name from ledger`)
  expect(ledger).toEqual({ written: recordCount * accounts.length })
  for (const account of accounts) expect(account.count('write').rows).toBe(recordCount)
  expect(await countsOf(db, sql`select reason as name from marks`)).toEqual({})
  const linked = sql`select contributions.state as name from contributions
    join links using (conversation_id, mapping) where links.state = 'matched'`
  expect(await countsOf(db, linked)).toEqual({ current: (modelCallCount - 1) * accounts.length })
}

/** Each conversation has one answered call; what was asked beside that was under way when a process was killed. */
export async function expectNoCallRepeated({ db, models }: World, killedAt?: Date): Promise<void> {
  const attempts = await db.selectFrom('attempts').select(['conversation_id', 'state', 'started_at']).execute()
  const kept = attempts.filter((attempt) => attempt.state === 'ended')
  const lost = attempts.filter((attempt) => attempt.state === 'started')
  expect(kept).toHaveLength(modelCallCount)
  expect(new Set(kept.map((attempt) => attempt.conversation_id)).size).toBe(modelCallCount)
  expect(lost.filter((attempt) => killedAt === undefined || attempt.started_at > killedAt)).toEqual([])
  expect(models.admin.state().requests).toBeLessThanOrEqual(attempts.length)
}

async function countsOf(db: Db, names: RawBuilder<unknown>): Promise<Record<string, number>> {
  const { rows } = await sql<{ name: string; count: number }>`
    select name, count(*)::int as count from (${names}) as named group by name
  `.execute(db)
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]))
}
