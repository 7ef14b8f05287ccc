import { sql } from 'kysely'
import { expect, vi } from 'vitest'
import { type BackfillReport, type BackfillStatus, runStep } from '../../src/backfill/index.ts'
import type { Db } from '../../src/db/index.ts'
import type { Filter } from '../../src/filters/index.ts'
import type { World } from './world.ts'

/** Plans a backfill of these conversations, or of all; returns its id. */
export async function planOf({ useCases, actor }: World, ...conversationIds: string[]): Promise<number> {
  const filter = idFilter(conversationIds)
  const { id } = await useCases.planBackfill({ filter, actor, reason: 'test', concurrency: 1 })
  return id
}

function idFilter(conversationIds: string[]): Filter {
  const filter: Filter = { kind: 'any', conditions: [] }
  if (conversationIds.length > 0) {
    filter.conditions.push({ field: 'conversation_id', test: { type: 'enum', op: 'in', value: conversationIds } })
  }
  return filter
}

/** Works on a running backfill until nothing is open or `signal` fires. Pushes nothing. */
export async function workOn(world: World, backfillId: number, signal = new AbortController().signal): Promise<void> {
  const deps = { ...world, now: () => new Date() }
  while (!signal.aborted && (await runStep(deps, { backfillId, holder: 'test' }, signal)).more);
}

/** Works on a running backfill until so many more model calls are made, and stops in the middle. Pushes nothing. */
export async function workUntil(world: World, backfillId: number, modelCalls: number): Promise<void> {
  const { admin } = world.models
  const enough = admin.state().requests + modelCalls
  const stopping = new AbortController()
  admin.set({ latencyMs: 100 })
  const work = workOn(world, backfillId, stopping.signal)
  await vi.waitUntil(() => admin.state().requests >= enough, { interval: 5, timeout: 10_000 })
  stopping.abort()
  await work
  admin.set({ latencyMs: 0 })
}

/** A whole backfill of these conversations, or of all: planned, started, worked on, pushed. */
export async function backfill(world: World, ...conversationIds: string[]): Promise<BackfillStatus> {
  const id = await planOf(world, ...conversationIds)
  await world.useCases.startBackfill({ id, actor: world.actor })
  await workOn(world, id)
  await world.push()
  return world.useCases.backfillStatus(id)
}

/** Plans a backfill that asks no model, of these conversations or of all, to these CRM fields (by HubSpot's names) or to all. */
export async function planMappingOnly(world: World, fields: string[] = [], conversationIds: string[] = []) {
  const { useCases, actor, account } = world
  const filter = idFilter(conversationIds)
  const only = fields.length > 0 ? { fields: fields.map(account.nameOf) } : {}
  const { id } = await useCases.planBackfill({ filter, actor, reason: 'test', mappingOnly: only })
  return useCases.readBackfillPlan({ id, most: 1_000 })
}

/** Starts a planned backfill, works on it, pushes, and tells what it came to. */
export async function apply(world: World, id: number): Promise<BackfillReport> {
  await world.useCases.startBackfill({ id, actor: world.actor })
  await workOn(world, id)
  await world.push()
  return world.useCases.reportBackfill(id)
}

/** The counters of every backfill say what its items say when they are counted. */
export async function expectCountersKept(db: Db): Promise<void> {
  const { rows: kept } = await sql`
    select backfill_id, outcome, reason, sum(items)::int as items, sum(cached)::int as cached, sum(cost_usd)::text as usd
    from backfill_counts group by 1, 2, 3 having sum(items) <> 0 order by 1, 2, 3`.execute(db)
  const { rows: counted } = await sql`
    select backfill_id, outcome, reason, count(*)::int as items, (count(*) filter (where cached))::int as cached,
      sum(cost_usd)::text as usd
    from backfill_items group by 1, 2, 3 order by 1, 2, 3`.execute(db)
  expect(kept).toEqual(counted)
}
