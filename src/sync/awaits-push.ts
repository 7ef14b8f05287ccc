import { type RawBuilder, sql } from 'kysely'

/** Whether a run has released something for a record of a connection that nobody has pushed yet, as a condition. */
export function awaitsPush({ runId, connection }: { runId: RawBuilder<unknown>; connection: RawBuilder<unknown> }) {
  return sql<boolean>`exists (
    select from contributions
    join links using (conversation_id, mapping)
    where contributions.run_id = ${runId} and contributions.connection = ${connection}
      and contributions.state = 'pending' and links.record_id is not null
  )`
}
