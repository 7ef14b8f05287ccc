import type { Db } from '../../db/index.ts'
import { notFound } from '../../errors.ts'
import { type KnownRerun, rerunsOf } from './store.ts'

/** How the reruns of one run stand; they can be asked after for a day from their end. Throws `rerun.not_found` (404). */
export async function readReruns(db: Db, runId: number): Promise<KnownRerun[]> {
  const reruns = await rerunsOf(db, runId)
  if (reruns.length === 0) throw notFound('rerun', `of run ${runId}, or it ended more than a day ago`)
  return reruns
}
