import type { Wire } from '../crm/index.ts'
import type { Db } from '../db/index.ts'
import type { Decision } from './says.ts'

/** The path of the mapping file each rule version stands in. */
export async function filesOfRules(db: Db, hashes: string[]): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('rules')
    .innerJoin('mapping_files', 'mapping_files.hash', 'rules.file_hash')
    .select(['rules.hash', 'mapping_files.path'])
    .where('rules.hash', 'in', hashes)
    .execute()
  return new Map(rows.map((row) => [row.hash, row.path]))
}

export async function runsOf(db: Db, ids: number[]) {
  if (ids.length === 0) return new Map<number, { id: number; kind: string; actor: string; reason: string }>()
  const rows = await db.selectFrom('runs').select(['id', 'kind', 'actor', 'reason']).where('id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.id, { ...row, kind: String(row.kind) }]))
}

/** What was decided last on a field, per conversation. */
export async function lastDecisions(db: Db, conversationIds: string[], field: string): Promise<Map<string, Decision>> {
  if (conversationIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('contributions')
    .select(['conversation_id', 'decisions'])
    .where('conversation_id', 'in', conversationIds)
    .where('decisions', 'is not', null)
    .orderBy('run_id')
    .execute()
  return new Map(
    rows.flatMap((row): [string, Decision][] => {
      // Written by a push, and by nothing else.
      const decision = (row.decisions as Record<string, Decision> | null)?.[field]
      return decision ? [[row.conversation_id, decision]] : []
    }),
  )
}

/** Every write we meant to make to a field of a record, newest first. */
export async function changesOf(db: Db, recordId: number, field: string) {
  const rows = await db
    .selectFrom('ledger')
    .select(['run_id', 'changes', 'outcome', 'intended_at'])
    .where('record_id', '=', recordId)
    .orderBy('id', 'desc')
    .execute()
  return rows.flatMap((row) =>
    (row.changes as { field: string; before: Wire; after: Wire }[])
      .filter((change) => change.field === field)
      .map(({ before, after }) => ({
        at: row.intended_at.toISOString(),
        run: row.run_id,
        before,
        after,
        outcome: row.outcome ?? 'intended',
      })),
  )
}
