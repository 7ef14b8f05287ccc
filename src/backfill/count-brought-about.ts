import type { BackfillState, Db } from '../db/index.ts'
import { type RunPushes, runPushes } from '../sync/index.ts'

type BroughtAbout = { modelCalls: number; pushes: RunPushes }

/** Up to so many conversations a count takes a few milliseconds, and is made each time. */
const fewConversations = 5_000
/** Of more, who polls takes up to a tenth of the time of one connection: a count stands for ten times as long as it took. */
const standsFor = { times: 10, atMostMs: 15_000 }

type Known = { key: string; until: number; counted: Promise<BroughtAbout> }
const known = new WeakMap<Db, Map<number, Known>>()

/**
 * What a run has asked of models and brought about in the CRMs so far. Of a large one a count may be some seconds old, and is shared by
 * all that poll in this process; a move to another state has it counted anew, so nothing is called settled by an old count.
 */
export async function countBroughtAbout(
  db: Db,
  { runId, state, conversations }: { runId: number; state: BackfillState; conversations: number },
): Promise<BroughtAbout> {
  if (conversations <= fewConversations) return count(db, runId)
  const counts = known.get(db) ?? new Map<number, Known>()
  known.set(db, counts)
  for (const [id, { until }] of counts) if (until < performance.now()) counts.delete(id)
  const before = counts.get(runId)
  if (before?.key === state) return before.counted
  const begun = performance.now()
  const entry: Known = { key: state, until: Number.POSITIVE_INFINITY, counted: count(db, runId) }
  counts.set(runId, entry)
  try {
    return await entry.counted
  } finally {
    const now = performance.now()
    entry.until = now + Math.min((now - begun) * standsFor.times, standsFor.atMostMs)
  }
}

async function count(db: Db, runId: number): Promise<BroughtAbout> {
  const attempts = db
    .selectFrom('attempts')
    .select((eb) => eb.fn.countAll<number>().as('modelCalls'))
    .where('run_id', '=', runId)
  const { modelCalls } = await attempts.executeTakeFirstOrThrow()
  return { modelCalls, pushes: await runPushes(db, runId) }
}
