import { sql } from 'kysely'
import { type Db, json } from '../../db/index.ts'

export type OpenState = 'parked' | 'none'

export type OpenLink = {
  conversationId: string
  mapping: string
  state: OpenState
  step: string | null
  candidates: number[]
  madeAt: Date
  /** The same to the microsecond: a page goes on from there. */
  position: string
  /** Contributions that are released or held, and wait for a record. */
  waiting: number
}

/** Links without a record, the newest first, of these mappings and of conversations of their agents. */
export async function selectOpenLinks(
  db: Db,
  page: {
    mappings: readonly { name: string; agents: string[] | null }[]
    state: OpenState | null
    after: { position: string; conversationId: string; mapping: string } | null
    limit: number
  },
): Promise<OpenLink[]> {
  const { after, state } = page
  const further = after
    ? sql`and (links.made_at, links.conversation_id, links.mapping) < (${after.position}::timestamptz, ${after.conversationId}, ${after.mapping})`
    : sql``
  const { rows } = await sql<OpenLink & { candidates: string[] }>`
    select links.conversation_id as "conversationId", links.mapping, links.state, links.step, links.candidates,
      links.made_at as "madeAt", links.made_at::text as position,
      (select count(*)::int from contributions
        where contributions.conversation_id = links.conversation_id and contributions.mapping = links.mapping
          and contributions.state in ('pending', 'held')) as waiting
    from links
    join conversations on conversations.id = links.conversation_id
    join jsonb_to_recordset(${json(page.mappings)}::jsonb) as wanted (name text, agents jsonb) on wanted.name = links.mapping
    where links.state <> 'matched' and links.state = coalesce(${state}::text, links.state)
      and (jsonb_typeof(wanted.agents) is distinct from 'array' or wanted.agents ? conversations.agent_id) ${further}
    order by links.made_at desc, links.conversation_id desc, links.mapping desc
    limit ${page.limit}
  `.execute(db)
  // pg reads bigint[] as text
  return rows.map((row) => ({ ...row, candidates: row.candidates.map(Number) }))
}

export type CandidateRecord = {
  recordId: number
  externalId: string
  name: string | null
  emails: string[]
}

/**
 * Records by our ids, merged ones as what they became; gone ones are missing. Several records of one number are one contact of
 * ours, which has the name of the first: the others have none here. E-mails are those they have now.
 */
export async function selectCandidates(db: Db, recordIds: number[]): Promise<Map<number, CandidateRecord>> {
  if (recordIds.length === 0) return new Map()
  const { rows } = await sql<CandidateRecord & { asked: number }>`
    select asked.id as asked, now.id as "recordId", now.external_id as "externalId",
      case when not exists (
        select from crm_records as first
        where first.contact_id = now.contact_id and first.connection = now.connection and first.object = now.object
          and first.id < now.id and first.merged_into is null and first.gone_at is null
      ) then nullif(concat_ws(' ', contacts.first_name, contacts.last_name), '') end as name,
      array(
        select distinct key from crm_record_keys
        where record_id = now.id and kind = 'email' and held_to = 'infinity' order by key
      ) as emails
    from crm_records as asked
    join crm_records as now on now.id = coalesce(asked.merged_into, asked.id)
    left join contacts on contacts.id = now.contact_id
    where asked.id = any(${recordIds}::bigint[]) and now.gone_at is null
  `.execute(db)
  return new Map(rows.map(({ asked, ...record }) => [asked, record]))
}
