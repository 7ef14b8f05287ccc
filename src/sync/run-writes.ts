import { sql } from 'kysely'

/**
 * Which rows of the ledger a run has brought about, as a condition on it: those that bear its id, also where a crash hid
 * them from its contributions, and those that it shares with a newer run, because both were pushed at once.
 */
export function writtenFor(runId: number) {
  return sql<boolean>`
    ledger.outcome = 'written' and (
      ledger.run_id = ${runId}
      or (ledger.push_id, ledger.record_id) in (
        select contributions.push_id, links.record_id
        from contributions
        join links using (conversation_id, mapping)
        where contributions.run_id = ${runId}
          and contributions.decisions @? '$.*.decision ? (@ == "write" || @ == "retract")'
      )
    )`
}
