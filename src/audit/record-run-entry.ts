import { sql } from 'kysely'
import { json, type Trx } from '../db/index.ts'

/** Writes what a run has brought about that is worth an entry of its own, in the name of who decided the run. */
export async function recordRunEntry(
  trx: Trx,
  entry: { action: string; subject: { kind: string; id: string }; runId: number; after: unknown },
): Promise<void> {
  const { action, subject, runId, after } = entry
  await sql`
    insert into audit_entries (actor, action, subject_kind, subject_id, run_id, after)
    select actor, ${action}, ${subject.kind}, ${subject.id}, id, ${json(after)}::jsonb from runs where id = ${runId}
  `.execute(trx)
}
