import type { Db } from '../db/index.ts'

/** Whether a run is out of force: undone, and that undo not undone itself. */
export async function isUndone(db: Db, runId: number): Promise<boolean> {
  const row = await db.selectFrom('runs').select('undone_by').where('id', '=', runId).executeTakeFirstOrThrow()
  return row.undone_by !== null
}
