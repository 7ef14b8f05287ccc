import type { RunKind, Trx } from '../db/index.ts'
import { type Actor, actorLabel } from './actor.ts'
import { recordEntry } from './record-entry.ts'

export type NewRun = {
  kind: RunKind
  actor: Actor
  reason: string
  /** The API key that asked, where the actor is a trigger: what the run costs counts against its limits too. */
  key?: string
  undoes?: number
  /** Hashes of the mapping files this run decides with, where a plan froze them. */
  mappingFiles?: string[]
  /** The only CRM fields it releases anything to; all unless given. */
  fields?: string[]
}

/**
 * Opens a run: one decision to change something, with who and why. Its id orders it against all other runs.
 * Call it in the transaction of the first change it makes. Twice makes two runs.
 */
export async function startRun(trx: Trx, run: NewRun): Promise<number> {
  const row = await trx
    .insertInto('runs')
    .values({
      kind: run.kind,
      actor: actorLabel(run.actor),
      key_name: run.key ?? null,
      reason: run.reason,
      undoes: run.undoes ?? null,
      mapping_files: run.mappingFiles ?? null,
      fields: run.fields ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await recordEntry(trx, {
    actor: run.actor,
    action: `run.${run.kind}`,
    subject: { kind: 'run', id: String(row.id) },
    runId: row.id,
    after: {
      reason: run.reason,
      ...(run.undoes === undefined ? {} : { undoes: run.undoes }),
      ...(run.key === undefined ? {} : { key: run.key }),
    },
  })
  return row.id
}
