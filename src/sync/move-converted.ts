import { sql } from 'kysely'
import { json, type Trx } from '../db/index.ts'
import { convertActivities } from './activities/store.ts'
import type { SyncAnnouncements } from './announcements.ts'
import { markRecords, priorities } from './marks.ts'

/**
 * A lead became a contact: conversations linked to the one are the other's under every mapping that writes to such records and
 * had found nobody for them; a link that was made, or a person's word, stays. Activities go along, as in the CRM. The fields of the
 * lead keep what they hold, for nobody can change them any more; those of the contact are decided by its own mappings, and what the
 * conversion put there stood there before us.
 */
export async function moveConverted(
  trx: Trx,
  next: SyncAnnouncements,
  converted: { connection: string; object: string; pairs: readonly { from: number; into: number }[] },
): Promise<void> {
  const { connection, object, pairs } = converted
  const { rows } = await sql<{ recordId: number }>`
    update links as other
    set state = 'matched', record_id = pair.into, step = 'conversion', candidates = '{}', made_at = now()
    from jsonb_to_recordset(${json(pairs)}::jsonb) as pair ("from" bigint, "into" bigint)
    join links as lead on lead.record_id = pair."from"
    where other.conversation_id = lead.conversation_id and other.connection = ${connection} and other.object = ${object}
      and other.state <> 'matched' and other.resolved_by is null
    returning other.record_id as "recordId"
  `.execute(trx)
  const logged = await convertActivities(trx, converted)
  const recordIds = [...rows.map((row) => row.recordId), ...logged]
  await markRecords(trx, { connection, recordIds, priority: priorities.background, reason: 'conversion' })
  if (recordIds.length > 0) next.recordsMarked(trx, connection)
}
