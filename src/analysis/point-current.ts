import { sql } from 'kysely'
import type { Db, Trx } from '../db/index.ts'

/** Points `current` of each conversation at one of its analyses, or at none. In the caller's transaction; twice is safe. */
export async function setCurrent(
  trx: Trx,
  pointers: readonly { conversationId: string; analysisId: number | null }[],
): Promise<void> {
  const conversationIds = pointers.map((pointer) => pointer.conversationId).sort()
  const analysisIds = pointers.flatMap(({ analysisId }) => analysisId ?? [])
  await trx
    .updateTable('analyses')
    .set({ current: false })
    .where(sql<boolean>`conversation_id = any(${conversationIds}) and id <> all(${analysisIds}::bigint[])`)
    .where('current', '=', true)
    .execute()
  await trx
    .updateTable('analyses')
    .set({ current: true })
    .where(sql<boolean>`id = any(${analysisIds}::bigint[])`)
    .where('outcome', '=', 'ok')
    .execute()
}

/** The conversations that a run made an analysis of. */
export async function analysedBy(db: Db | Trx, runId: number): Promise<string[]> {
  const rows = await db
    .selectFrom('analyses')
    .select('conversation_id')
    .distinct()
    .where('run_id', '=', runId)
    .execute()
  return rows.map((row) => row.conversation_id)
}
