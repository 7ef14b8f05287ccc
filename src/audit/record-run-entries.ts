import { sql } from 'kysely'
import { json, type Trx } from '../db/index.ts'

export type RunEntry = { action: string; subject: { kind: string; id: string }; runId: number; after: unknown }

/** Writes what runs have brought about that is worth an entry of its own, in the name of who decided each run; in one statement. */
export async function recordRunEntries(trx: Trx, entries: readonly RunEntry[]): Promise<void> {
  if (entries.length === 0) return
  const rows = entries.map(({ subject, ...entry }) => ({ ...entry, kind: subject.kind, id: subject.id }))
  await sql`
    insert into audit_entries (actor, action, subject_kind, subject_id, run_id, after)
    select runs.actor, entry.action, entry.kind, entry.id, runs.id, entry.after
    from jsonb_to_recordset(${json(rows)}::jsonb) as entry (action text, kind text, id text, "runId" bigint, after jsonb)
    join runs on runs.id = entry."runId"
  `.execute(trx)
}
