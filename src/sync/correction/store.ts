import type { Wire } from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'
import type { Change } from '../push/ledger-store.ts'
import { refusedFields } from '../timeline/store.ts'

/** The records a conversation is linked to, each once. */
export async function linkedTo(db: Db, conversationId: string) {
  return db
    .selectFrom('links')
    .innerJoin('crm_records', 'crm_records.id', 'links.record_id')
    .select(['crm_records.id as recordId', 'crm_records.connection', 'crm_records.object'])
    .distinct()
    .where('conversation_id', '=', conversationId)
    .orderBy('crm_records.connection')
    .orderBy('crm_records.id')
    .execute()
}

export async function isMarked(db: Db, recordIds: number[]): Promise<boolean> {
  if (recordIds.length === 0) return false
  const row = await db.selectFrom('marks').select('record_id').where('record_id', 'in', recordIds).executeTakeFirst()
  return row !== undefined
}

/** What was written to these records since a run: per record and field the value before the first write, and the last change. */
export async function writtenSince(
  db: Db,
  recordIds: number[],
  runId: number,
): Promise<Map<string, { before: Wire; change: Change }>> {
  if (recordIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('ledger')
    .select(['record_id', 'changes', 'detail'])
    .where('record_id', 'in', recordIds)
    .where('run_id', '>=', runId)
    .where('outcome', '=', 'written')
    .orderBy('id')
    .execute()
  const written = new Map<string, { before: Wire; change: Change }>()
  for (const { record_id, changes, detail } of rows) {
    const refused = refusedFields(detail)
    // Written by `insertIntents`, and by nothing else.
    for (const change of changes as Change[]) {
      if (refused.has(change.field)) continue
      const key = cellKey(record_id, change.field)
      // An empty field is a value, too.
      const { before } = written.get(key) ?? change
      written.set(key, { before, change })
    }
  }
  return written
}

export function cellKey(recordId: number, field: string): string {
  return `${recordId} ${field}`
}
