import { sql } from 'kysely'
import type { BackfillState, Db } from '../db/index.ts'
import { type RunPushes, runPushes } from '../sync/index.ts'

/** Answers about conversations by the lane that served them, and how often flex had no room. */
export type LaneCalls = { standard: number; flex: number; unavailable: number }

export const noCalls: LaneCalls = { standard: 0, flex: 0, unavailable: 0 }

type BroughtAbout = { modelCalls: number; lanes: LaneCalls; pushes: RunPushes }

/** Up to so many conversations a count takes a few milliseconds, and is made each time. */
const fewConversations = 5_000
/** Of more it may take seconds (3.5 s were measured for 100,000 with five fields each): it stands for ten times as long as it took. */
const standsFor = { times: 10, atMostMs: 30_000 }

type Known = { key: string; until: number; counted: Promise<BroughtAbout> }
const known = new WeakMap<Db, Map<number, Known>>()

/**
 * What a run has asked of models and brought about in the CRMs so far. Of a large one a count may be some seconds old, and is shared by
 * all that poll in this process; a move to another state has it counted anew, so nothing is called settled by an old count. `isFresh`: counted now in any case.
 */
export async function countBroughtAbout(
  db: Db,
  of: { runId: number; state: BackfillState; conversations: number; isFresh: boolean },
): Promise<BroughtAbout> {
  const { runId, state } = of
  if (of.isFresh || of.conversations <= fewConversations) return count(db, runId)
  const counts = known.get(db) ?? new Map<number, Known>()
  known.set(db, counts)
  for (const [id, { until }] of counts) if (until < performance.now()) counts.delete(id)
  const before = counts.get(runId)
  if (before?.key === state) return before.counted
  const begun = performance.now()
  const entry: Known = { key: state, until: Number.POSITIVE_INFINITY, counted: count(db, runId) }
  counts.set(runId, entry)
  try {
    const counted = await entry.counted
    const now = performance.now()
    entry.until = now + Math.min((now - begun) * standsFor.times, standsFor.atMostMs)
    return counted
  } catch (error) {
    counts.delete(runId)
    throw error
  }
}

async function count(db: Db, runId: number): Promise<BroughtAbout> {
  const { rows } = await sql<LaneCalls & { modelCalls: number }>`
    select count(*)::int as "modelCalls",
      count(*) filter (where tier = 'standard' and purpose = 'analysis' and input_tokens > 0)::int as standard,
      count(*) filter (where tier = 'flex' and purpose = 'analysis' and input_tokens > 0)::int as flex,
      count(*) filter (where outcome = 'model.unavailable')::int as unavailable
    from attempts where run_id = ${runId}`.execute(db)
  const { modelCalls = 0, ...lanes } = rows[0] ?? {}
  return { modelCalls, lanes: { ...noCalls, ...lanes }, pushes: await runPushes(db, runId) }
}
