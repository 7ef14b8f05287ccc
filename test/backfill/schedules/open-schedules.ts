import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach } from 'vitest'
import {
  activateSchedules,
  claimDue,
  claimedRuns,
  loadScheduleFolders,
  startScheduled,
} from '../../../src/backfill/index.ts'
import { type Db, transact } from '../../../src/db/index.ts'
import { formatProblem } from '../../../src/mapping/index.ts'
import type { World } from '../../support/world.ts'

/** The file of a backfill over the day before; `more` stands in for its keys. */
export function nightly(more: Record<string, unknown> = {}): string {
  const keys = { name: 'nightly', reason: 'test', every: 'day at 02:30', filter: { start_timestamp: { last: 'day' } } }
  return JSON.stringify({ ...keys, ...more })
}

/** Schedules of a world, with a folder and a clock of the test's own; each test begins without any. */
export async function openSchedules(world: World) {
  const { db, actor } = world
  const folder = await mkdtemp(path.join(tmpdir(), 'afterword-backfills-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  beforeEach(async () => {
    await transact(db, async (trx) => {
      for (const table of ['backfills', 'schedule_runs', 'schedules'] as const) await trx.deleteFrom(table).execute()
    })
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder)
  })
  const clock = { now: new Date() }
  const now = () => clock.now
  const deps = { ...world, now, warnRecords: 1_000 }
  return {
    folder,
    deps,
    now,
    at: (time: string | number) => {
      clock.now = new Date(time)
    },
    save: (text: string, file = 'nightly.yaml') => writeFile(path.join(folder, file), text),
    /** Takes up what is saved, as a service does; tells what is wrong. */
    async activate(): Promise<string[]> {
      const { problems } = await activateSchedules(deps, await loadScheduleFolders([folder]), actor)
      return problems.map((problem) => formatProblem({ ...problem, path: path.basename(problem.path) }))
    },
    /** A worker's look at what is due, and its jobs. */
    async tend(over: { db: Db } = deps): Promise<void> {
      await claimDue({ db: over.db, now })
      for (const id of await claimedRuns(over.db, now())) await startScheduled({ ...deps, ...over }, id)
    },
    async runs() {
      const rows = await db.selectFrom('schedule_runs').selectAll().orderBy('id').execute()
      return rows.map(({ due_at, state, why, missed }) => ({ due: due_at?.toISOString() ?? null, state, why, missed }))
    },
    /** Every backfill there is, with its conversations. */
    async backfills() {
      const all = await db.selectFrom('backfills').select(['id', 'state', 'actor']).orderBy('id').execute()
      const items = await db
        .selectFrom('backfill_items')
        .select(['backfill_id', 'conversation_id'])
        .orderBy('seq')
        .execute()
      return all.map(({ id, ...backfill }) => {
        const own = items.filter((item) => item.backfill_id === id)
        return { ...backfill, of: own.map((item) => item.conversation_id) }
      })
    },
    async newest(): Promise<number> {
      const ids = db.selectFrom('backfills').select('id').orderBy('id', 'desc').limit(1)
      return (await ids.executeTakeFirstOrThrow()).id
    },
  }
}
