import { json, type Trx } from '../db/index.ts'
import { type Actor, actorLabel } from './actor.ts'

export type AuditEntry = {
  actor: Actor
  action: string
  subject: { kind: string; id: string }
  runId?: number
  before?: unknown
  after?: unknown
}

/** Writes who decided what, before and after, in the transaction of the change itself. Holds ids, never transcripts. */
export async function recordEntry(trx: Trx, entry: AuditEntry): Promise<void> {
  await trx
    .insertInto('audit_entries')
    .values({
      actor: actorLabel(entry.actor),
      action: entry.action,
      subject_kind: entry.subject.kind,
      subject_id: entry.subject.id,
      run_id: entry.runId ?? null,
      before: entry.before === undefined ? null : json(entry.before),
      after: entry.after === undefined ? null : json(entry.after),
    })
    .execute()
}
