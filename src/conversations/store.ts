import { type Selectable, sql } from 'kysely'
import { type Database, type Db, json, type Trx } from '../db/index.ts'
import type { Accepted } from './accept-retell.ts'
import { isThere } from './removal-store.ts'
import type { Conversation } from './types.ts'

export function toConversation(row: Selectable<Database['conversations']>): Conversation {
  return {
    id: row.id,
    kind: row.kind,
    agentId: row.agent_id,
    agentVersion: row.agent_version,
    type: row.type,
    status: row.status,
    direction: row.direction,
    fromNumber: row.from_number,
    toNumber: row.to_number,
    contactNumber: row.contact_number,
    contactId: row.contact_id,
    disconnectionReason: row.disconnection_reason,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    spokenAt: row.spoken_at,
    receivedAt: row.received_at,
    durationMs: row.duration_ms,
    metadata: row.metadata,
    variables: row.variables,
    transfers: row.transfers.map(({ agent_id, version, setting, setting_from: settingFrom }) => {
      return { agentId: agent_id, version, setting, ...(settingFrom && { settingFrom }) }
    }),
    toolCalls: row.tool_calls,
    raw: row.raw,
  }
}

function toRow({ conversation, contentHash, updates = {} }: Accepted, contactId: number | null, runId: number) {
  return {
    id: conversation.id,
    kind: conversation.kind,
    agent_id: conversation.agentId,
    agent_version: conversation.agentVersion,
    type: conversation.type,
    status: conversation.status,
    direction: conversation.direction,
    from_number: conversation.fromNumber,
    to_number: conversation.toNumber,
    contact_number: conversation.contactNumber,
    contact_id: contactId,
    disconnection_reason: conversation.disconnectionReason,
    started_at: conversation.startedAt,
    ended_at: conversation.endedAt,
    spoken_at: conversation.spokenAt,
    received_at: conversation.receivedAt,
    duration_ms: conversation.durationMs,
    metadata: json(conversation.metadata),
    variables: json(conversation.variables),
    transfers: json(
      conversation.transfers.map(({ agentId, version, setting, settingFrom }) => {
        return { agent_id: agentId, version, setting, ...(settingFrom && { setting_from: settingFrom }) }
      }),
    ),
    tool_calls: json(conversation.toolCalls),
    raw: json(conversation.raw),
    updates: json(updates),
    content_hash: contentHash,
    intake_run_id: runId,
  }
}

/** How far a conversation is, as its vendor tells it: 0 under way, 1 over, 2 over and analysed by the vendor. Pure. */
export function ageOf({ kind, status, raw }: Pick<Conversation, 'kind' | 'status' | 'raw'>): number {
  if (status === 'registered' || status === 'ongoing') return 0
  const analysis = raw[`${kind}_analysis`]
  return typeof analysis === 'object' && analysis !== null && !Array.isArray(analysis) ? 2 : 1
}

/** The same in SQL. */
const ageIn = (row: string) => sql<number>`case when ${sql.ref(`${row}.status`)} in ('registered', 'ongoing') then 0
  when jsonb_typeof(${sql.ref(`${row}.raw`)} -> (${sql.ref(`${row}.kind`)} || '_analysis')) = 'object' then 2 else 1 end`

/** The content hashes of those that are stored already, and how far they are; deleted ones are not. */
export async function selectStored(
  db: Db | Trx,
  ids: string[],
): Promise<Map<string, { contentHash: string; age: number }>> {
  if (ids.length === 0) return new Map()
  const stored = db
    .selectFrom('conversations')
    .select(['id', 'content_hash', ageIn('conversations').as('age')])
    .where('id', 'in', ids)
  const rows = await stored.where(isThere).execute()
  return new Map(rows.map((row) => [row.id, { contentHash: row.content_hash, age: row.age }]))
}

/**
 * Adds conversations, taken in by this run, and changes those whose content differs; returns which was what. A conversation's time is fixed once
 * it is over: until then a later word of the vendor moves it. Live, one that is further already stays as it is.
 */
export async function upsertConversations(
  trx: Trx,
  accepted: Accepted[],
  { contactIds, runId, isLive }: { contactIds: Map<string, number>; runId: number; isLive: boolean },
): Promise<Map<string, 'new' | 'changed'>> {
  if (accepted.length === 0) return new Map()
  const rows = accepted.map((each) => toRow(each, contactIds.get(each.conversation.contactNumber ?? '') ?? null, runId))
  const stored = await trx
    .insertInto('conversations')
    .values(rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)))
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet((eb) => ({
          kind: eb.ref('excluded.kind'),
          agent_id: eb.ref('excluded.agent_id'),
          agent_version: eb.ref('excluded.agent_version'),
          type: eb.ref('excluded.type'),
          status: eb.ref('excluded.status'),
          direction: eb.ref('excluded.direction'),
          from_number: eb.ref('excluded.from_number'),
          to_number: eb.ref('excluded.to_number'),
          contact_number: eb.ref('excluded.contact_number'),
          contact_id: eb.ref('excluded.contact_id'),
          disconnection_reason: eb.ref('excluded.disconnection_reason'),
          started_at: eb.ref('excluded.started_at'),
          ended_at: eb.ref('excluded.ended_at'),
          duration_ms: eb.ref('excluded.duration_ms'),
          metadata: eb.ref('excluded.metadata'),
          variables: eb.ref('excluded.variables'),
          transfers: eb.ref('excluded.transfers'),
          tool_calls: eb.ref('excluded.tool_calls'),
          raw: eb.ref('excluded.raw'),
          updates: eb.ref('excluded.updates'),
          content_hash: eb.ref('excluded.content_hash'),
          spoken_at: sql<Date>`case when conversations.status in ('registered', 'ongoing')
            then excluded.spoken_at else conversations.spoken_at end`,
        }))
        .whereRef('conversations.content_hash', '<>', 'excluded.content_hash')
        .where(sql<boolean>`(not ${isLive}::boolean or ${ageIn('conversations')} <= ${ageIn('excluded')})`),
    )
    // xmax is 0 on a row that no update has touched: this statement added it.
    .returning(['id', sql<boolean>`xmax = 0`.as('added')])
    .execute()
  const changed = stored.flatMap((row) => (row.added ? [] : [row.id]))
  if (changed.length > 0) await moveAnalyses(trx, changed)
  return new Map(stored.map((row) => [row.id, row.added ? 'new' : 'changed']))
}

/** An analysis begins when its conversation does. */
async function moveAnalyses(trx: Trx, ids: string[]): Promise<void> {
  await sql`
    update analyses set started_at = conversations.started_at from conversations
    where conversations.id = any(${ids}) and analyses.conversation_id = conversations.id
      and analyses.started_at is distinct from conversations.started_at`.execute(trx)
}

/** The run that took each conversation in, and whether it is out of force; of those from before we kept it, none. */
export async function intakeRuns(trx: Trx, ids: string[]): Promise<Map<string, { runId: number; isUndone: boolean }>> {
  if (ids.length === 0) return new Map()
  const rows = await trx
    .selectFrom('conversations')
    .innerJoin('runs', 'runs.id', 'conversations.intake_run_id')
    .select(['conversations.id', 'runs.id as runId', 'undone_by'])
    .where('conversations.id', 'in', ids)
    .execute()
  return new Map(rows.map(({ id, runId, undone_by }) => [id, { runId, isUndone: undone_by !== null }]))
}

/** Deleted ones are left out. */
export async function selectConversations(db: Db | Trx, ids: string[]): Promise<Conversation[]> {
  if (ids.length === 0) return []
  const rows = await db.selectFrom('conversations').selectAll().where('id', 'in', ids).where(isThere).execute()
  return rows.map(toConversation)
}

export async function selectSealed(db: Db | Trx, ids: string[]) {
  if (ids.length === 0) return []
  return db
    .selectFrom('conversations')
    .select(['id', 'spoken_at as spokenAt', 'started_at as startedAt'])
    .where('id', 'in', ids)
    .where('sealed_until', 'is not', null)
    .execute()
}
