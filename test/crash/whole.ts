import { sql } from 'kysely'
import { expect } from 'vitest'
import type { Db } from '../../src/db/index.ts'
import type { World } from '../support/world.ts'
import { callCount, cellsOf, modelCallCount, recordCount } from './story.ts'

/** What a run has left behind that must not depend on what happened on the way. */
export async function remainsOf(world: Pick<World, 'db' | 'hubspot'>, backfillId: number) {
  const { db, hubspot } = world
  const items = await db
    .selectFrom('backfill_items')
    .select(['seq', 'state', 'outcome', 'reason'])
    .where('backfill_id', '=', backfillId)
    .orderBy('seq')
    .execute()
  const analyses = await db
    .selectFrom('analyses')
    .select(['conversation_id', 'number', 'current', 'fields'])
    .orderBy('conversation_id')
    .execute()
  const events = await db
    .selectFrom('field_events')
    .innerJoin('crm_records', 'crm_records.id', 'record_id')
    .select(['external_id', 'field', 'kind', 'value', 'author'])
    .orderBy('external_id')
    .orderBy('field')
    .orderBy('at')
    .execute()
  return { cells: cellsOf({ hubspot }), items, analyses, events }
}

/** Every conversation has its one outcome, every record was written once, and nothing is left to do or to find out. */
export async function expectNothingLost({ db, hubspot }: World, backfillId: number): Promise<void> {
  expect(await countsOf(db, sql`select outcome as name from backfill_items where backfill_id = ${backfillId}`)).toEqual(
    {
      ok: modelCallCount,
      skipped: callCount - modelCallCount,
    },
  )
  expect(
    await countsOf(
      db,
      sql`select coalesce(outcome, 'open') as name from ledger where outcome is null or outcome = 'written'`,
    ),
  ).toEqual({ written: recordCount })
  expect(hubspot.requests().operations['contacts.batch_update']?.rows).toBe(recordCount)
  expect(await countsOf(db, sql`select reason as name from marks`)).toEqual({})
  expect(
    await countsOf(
      db,
      sql`select contributions.state as name from contributions join links using (conversation_id, mapping) where record_id is not null`,
    ),
  ).toEqual({ current: modelCallCount - 1 })
}

/** Attempts at the model: those that were kept, and those that died with their worker. */
export async function attemptsOf(db: Db): Promise<{ kept: number; lost: number }> {
  const { ended = 0, started = 0 } = await countsOf(db, sql`select state as name from attempts`)
  return { kept: ended, lost: started }
}

async function countsOf(db: Db, names: ReturnType<typeof sql>): Promise<Record<string, number>> {
  const { rows } = await sql<{ name: string; count: number }>`
    select name, count(*)::int as count from (${names}) as named group by name
  `.execute(db)
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]))
}
