import { sql } from 'kysely'
import type { FoundContact } from '../../contacts/index.ts'
import type { Db } from '../../db/index.ts'

/** So many conversations of a contact came to a record, or to none, by this step. */
export type ContactMatch = {
  mapping: string
  connection: string
  state: 'matched' | 'none' | 'parked'
  /** The CRM's id of the record; null: parked, or nobody's. */
  record: string | null
  /** The step that matched, or found too many; `person`: said by hand; null: no step found anybody. */
  step: string | null
  conversations: number
}

/** How the conversations of a contact, and those on its records, came to be whose they are: counted per step. */
export async function contactMatches(db: Db, contact: Pick<FoundContact, 'id' | 'records'>): Promise<ContactMatch[]> {
  const recordIds = contact.records.map((record) => record.recordId)
  const { rows } = await sql<ContactMatch>`
    with concerned as (
      select id as conversation_id from conversations where contact_id = ${contact.id}
      union
      select conversation_id from links where record_id = any(${recordIds}::bigint[])
    )
    select links.mapping, links.connection, links.state, crm_records.external_id as record, links.step,
      count(*)::int as conversations
    from concerned
    join links using (conversation_id)
    left join crm_records on crm_records.id = links.record_id
    group by links.mapping, links.connection, links.state, crm_records.external_id, links.step
    order by links.mapping, links.state, crm_records.external_id, links.step
  `.execute(db)
  return rows
}
