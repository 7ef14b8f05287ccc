import { afterAll, describe, expect, test, vi } from 'vitest'
import { sql } from 'kysely'
import { startWorking } from '../../src/main.ts'
import type { AtEnd } from '../support/database.ts'
import { startAfterword } from '../support/start-afterword.ts'
import { createWorld } from '../support/world.ts'
import { killPoints } from './kill-points.ts'
import { expectedOf, modelCallCount, recordCount, tellStory } from './story.ts'
import { attemptsOf, expectNothingLost, remainsOf } from './whole.ts'

const patience = { timeout: 30_000, interval: 50 }

/** A world of its own with the story in it, and a backfill of all of it planned. */
async function openScene(seed: number, atEnd: AtEnd) {
  const world = await createWorld({ AFTERWORD_ROLES: 'worker', AFTERWORD_LOG_LEVEL: 'info' }, Date.now, atEnd)
  const { backfillId } = await tellStory(world, seed)
  const { useCases, actor, environment } = world
  return {
    world,
    backfillId,
    startWorkers: (count: number) =>
      Promise.all(Array.from({ length: count }, () => startAfterword(environment, atEnd))),
    startBackfill: () => useCases.startBackfill({ id: backfillId, actor }),
    settle: () => vi.waitUntil(async () => (await useCases.backfillStatus(backfillId)).settled, patience),
  }
}

async function runUndisturbed(seed: number, workers: number, atEnd: AtEnd) {
  const { world, backfillId, ...scene } = await openScene(seed, atEnd)
  await scene.startWorkers(workers)
  await scene.startBackfill()
  await scene.settle()
  await expectNothingLost(world, backfillId)
  expect(await attemptsOf(world.db)).toEqual({ kept: modelCallCount, lost: 0 })
  return remainsOf(world, backfillId)
}

/** One worker gets to the point and dies there; others, in this process or of their own, are left to themselves. */
async function runKilled(seed: number, point: string, otherWorkers: number, atEnd: AtEnd) {
  const { world, backfillId, ...scene } = await openScene(seed, atEnd)
  const [doomed] = await scene.startWorkers(1)
  const trap = await killPoints[point]?.(world, backfillId, atEnd)
  await scene.startBackfill()
  await vi.waitUntil(async () => trap?.isSprung(), patience)
  await scene.startWorkers(otherWorkers)
  await doomed?.kill()
  await trap?.clear()
  const { claimed } = (await world.useCases.backfillStatus(backfillId)).items
  if (otherWorkers === 0) await startWorking(world)
  console.log(JSON.stringify((await sql`select seq, state, claimed_by from backfill_items where state <> 'done'`.execute(world.db)).rows))
  await scene.settle().catch(async (e: unknown) => {
    console.log(JSON.stringify(await world.useCases.backfillStatus(backfillId), (k, v) => (k === 'backfill' ? v.state : v)))
    console.log(JSON.stringify((await sql`select seq, state, claimed_by from backfill_items where state <> 'done'`.execute(world.db)).rows))
    console.log((await sql`select name, state, data, singleton_key, retry_count, start_after, output, policy, blocked, now() from pgboss.job where state in ('created','active','retry') or name = 'backfill.step' order by created_on desc limit 20`.execute(world.db)).rows)
    console.log((await sql`select objid, pid, granted from pg_locks where locktype='advisory'`.execute(world.db)).rows)
    console.log((await sql`select pid, state, wait_event, query, now() - query_start as age from pg_stat_activity where datname = current_database()`.execute(world.db)).rows)
    throw e
  })
  await expectNothingLost(world, backfillId)
  const { kept, lost } = await attemptsOf(world.db)
  expect(kept).toBe(modelCallCount)
  expect(lost).toBeLessThanOrEqual(claimed)
  expect(world.models.admin.state().requests).toBe(kept + lost)
  return remainsOf(world, backfillId)
}


test('x', { timeout: 200_000 }, async ({ onTestFinished }) => {
  for (let n = 0; n < 4; n++) { console.time('run'); await runKilled(40 + n, 'while model calls are in flight', 3, onTestFinished); console.timeEnd('run') }
})
