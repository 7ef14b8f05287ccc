import { sql } from 'kysely'
import type { Wire } from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'
import type { Decision } from '../says.ts'
import type { ExplainedRun, ExplainedWrite, Unlinked } from './types.ts'

/** So many conversations without a record are named. */
const mostUnlinked = 10

/** The mapping file each rule version stands in, and the line there. */
export async function placesOfRules(db: Db, hashes: string[]): Promise<Map<string, { path: string; text: string }>> {
  if (hashes.length === 0) return new Map()
  const rows = await db
    .selectFrom('rules')
    .innerJoin('mapping_files', 'mapping_files.hash', 'rules.file_hash')
    .select(['rules.hash', 'rules.line', 'mapping_files.path', 'mapping_files.text'])
    .where('rules.hash', 'in', hashes)
    .execute()
  return new Map(
    rows.map(({ hash, line, path, text }) => [hash, { path, text: (text.split('\n')[line - 1] ?? '').trim() }]),
  )
}

export async function runsOf(db: Db, ids: readonly number[]): Promise<Map<number, ExplainedRun>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('runs')
    .select(['id', 'kind', 'actor', 'reason'])
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return new Map(rows.map((row) => [row.id, { ...row, kind: String(row.kind) }]))
}

/** What was decided last on a field, per conversation. */
export async function lastDecisions(db: Db, conversationIds: string[], field: string): Promise<Map<string, Decision>> {
  if (conversationIds.length === 0) return new Map()
  const { rows } = await sql<{ conversationId: string; decision: Decision }>`
    select distinct on (conversation_id) conversation_id as "conversationId", decisions -> ${field}::text as decision
    from contributions
    where conversation_id = any(${conversationIds}::text[]) and decisions ? ${field}::text
    order by conversation_id, run_id desc
  `.execute(db)
  return new Map(rows.map((row) => [row.conversationId, row.decision]))
}

/** The writes we meant to make to a field of a record, newest first, with who brought them about. */
export async function changesOf(
  db: Db,
  { recordId, field, limit }: { recordId: number; field: string; limit: number },
): Promise<ExplainedWrite[]> {
  const { rows } = await sql<{
    at: Date
    run: number | null
    kind: string | null
    actor: string | null
    reason: string | null
    before: Wire
    after: Wire
    outcome: string | null
    refused: string | null
  }>`
    select ledger.intended_at as at, ledger.run_id as run, runs.kind, runs.actor, runs.reason, change.before, change.after,
      ledger.outcome,
      (select refused ->> 'reason' from jsonb_array_elements(coalesce(ledger.detail -> 'rejectedFields', '[]')) as refused
        where refused ->> 'field' = ${field} limit 1) as refused
    from ledger
    cross join lateral jsonb_to_recordset(ledger.changes) as change (field text, before text, after text)
    left join runs on runs.id = ledger.run_id
    where ledger.record_id = ${recordId} and change.field = ${field}
    order by ledger.id desc
    limit ${limit}
  `.execute(db)
  return rows.map(({ at, run, kind, actor, reason, before, after, outcome, refused }) => ({
    at: at.toISOString(),
    run,
    by: run === null ? null : { id: run, kind: kind ?? '', actor: actor ?? '', reason: reason ?? '' },
    before,
    after,
    outcome: refused === null ? (outcome ?? 'intended') : `rejected: ${refused}`,
  }))
}

export type StoredMatch = { step: string; resolvedBy: number | null }

/** How these links were made, by mapping and conversation. */
export async function linksOf(
  db: Db,
  links: readonly { conversationId: string; mapping: string }[],
): Promise<Map<string, StoredMatch>> {
  if (links.length === 0) return new Map()
  const { rows } = await sql<StoredMatch & { conversationId: string; mapping: string }>`
    select conversation_id as "conversationId", mapping, coalesce(step, '') as step, resolved_by as "resolvedBy"
    from links
    join unnest(${links.map((link) => link.conversationId)}::text[], ${links.map((link) => link.mapping)}::text[])
      as asked (conversation_id, mapping) using (conversation_id, mapping)
  `.execute(db)
  return new Map(rows.map(({ conversationId, mapping, ...match }) => [`${mapping} ${conversationId}`, match]))
}

/** A contact's conversations that have no record under these mappings: the newest, and how many there are. */
export async function selectUnlinked(
  db: Db,
  contactId: number,
  mappings: string[],
): Promise<{ conversations: Unlinked[]; total: number }> {
  const { rows } = await sql<Unlinked & { total: number }>`
    select links.conversation_id as "conversationId", links.mapping, links.connection, links.step,
      case links.state when 'parked' then 'ambiguous' else 'no_record' end as decision, count(*) over ()::int as total
    from conversations
    join links on links.conversation_id = conversations.id
    where conversations.contact_id = ${contactId} and links.state <> 'matched' and links.mapping = any(${mappings}::text[])
    order by conversations.spoken_at desc, links.conversation_id, links.mapping
    limit ${mostUnlinked}
  `.execute(db)
  return { conversations: rows.map(({ total: _, ...unlinked }) => unlinked), total: rows[0]?.total ?? 0 }
}

/** Whether a record is to be pushed, and why. */
export async function markOf(
  db: Db,
  { connection, recordId }: { connection: string; recordId: number },
): Promise<{ reason: string } | null> {
  const marks = db.selectFrom('marks').select('reason').where('connection', '=', connection)
  return (await marks.where('record_id', '=', recordId).executeTakeFirst()) ?? null
}
