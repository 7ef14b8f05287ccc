import { type Selectable, sql } from 'kysely'
import type { Database, Db, Trx } from '../db/index.ts'
import type { Analysis } from './types.ts'
import type { Fields } from './verdict.ts'

/** The kept analyses of these conversations, each list by number. Conversations without any are absent. */
export async function loadAnalyses(db: Db | Trx, conversationIds: string[]): Promise<Map<string, Analysis[]>> {
  if (conversationIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('analyses')
    .selectAll()
    .where('conversation_id', 'in', conversationIds)
    .where('kept_at', 'is not', null)
    .orderBy('conversation_id')
    .orderBy('number')
    .execute()
  return Map.groupBy(rows.map(toAnalysis), (analysis) => analysis.conversationId)
}

/** Every analysis of a conversation by number, previews too; none for an unknown one. */
export async function listAnalyses(db: Db | Trx, conversationId: string): Promise<Analysis[]> {
  const rows = await db
    .selectFrom('analyses')
    .innerJoin('conversations', 'conversations.id', 'conversation_id')
    .selectAll('analyses')
    .select('transfers')
    .where('conversation_id', '=', conversationId)
    .orderBy('number')
    .execute()
  return rows.map((row) => withSources(toAnalysis(row), row.transfers))
}

/** Who told a setting that was recorded with the conversation: a backfill freezes one config for all of a chain, whoever told each. */
function withSources(analysis: Analysis, transfers: Selectable<Database['conversations']>['transfers']): Analysis {
  const parts = analysis.parts?.map((part, place) => {
    const { agent_id, setting, setting_from: settingFrom } = transfers[place - 1] ?? {}
    const isSame = part.settingFrom === undefined && agent_id === part.agentId && setting === part.setting
    return isSame && settingFrom ? { ...part, settingFrom } : part
  })
  return { ...analysis, parts: parts ?? null }
}

/** One of them. */
export async function analysisNumbered(
  db: Db | Trx,
  conversationId: string,
  number: number,
): Promise<Analysis | undefined> {
  const row = await db
    .selectFrom('analyses')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('number', '=', number)
    .executeTakeFirst()
  return row && toAnalysis(row)
}

/** Analyses by id, previews too. */
export async function analysesById(db: Db | Trx, ids: number[]): Promise<Map<number, Analysis>> {
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('analyses').selectAll().where('id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.id, toAnalysis(row)]))
}

/** What analyses say, by their ids. */
export async function fieldsById(db: Db, ids: number[]): Promise<Map<number, Fields>> {
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('analyses').select(['id', 'fields']).where('id', 'in', ids).execute()
  return new Map(rows.map(({ id, fields }) => [id, toFields(fields)]))
}

/** What counts for a conversation now, or undefined where nothing ok has been kept. */
export async function currentAnalysis(db: Db | Trx, conversationId: string): Promise<Analysis | undefined> {
  const row = await db
    .selectFrom('analyses')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('current', '=', true)
    .executeTakeFirst()
  return row && toAnalysis(row)
}

/** What counts for each of these conversations now; those of which nothing ok has been kept are absent. */
export async function currentAnalyses(db: Db | Trx, conversationIds: string[]): Promise<Map<string, Analysis>> {
  if (conversationIds.length === 0) return new Map()
  const current = db.selectFrom('analyses').selectAll().where('conversation_id', 'in', conversationIds)
  const rows = await current.where('current', '=', true).execute()
  return new Map(rows.map((row) => [row.conversation_id, toAnalysis(row)]))
}

/** What counts for each of these conversations now says, and no more than that: of a page of a thousand the rest weighs as much. */
export async function currentFields(db: Db, conversationIds: string[]): Promise<Map<string, Fields>> {
  const { rows } = await sql<{ conversation_id: string; fields: Record<string, unknown> }>`
    select conversation_id, fields from analyses where conversation_id = any(${conversationIds}) and current`.execute(
    db,
  )
  return new Map(rows.map((row) => [row.conversation_id, toFields(row.fields)]))
}

function toAnalysis(row: Selectable<Database['analyses']>): Analysis {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    number: row.number,
    runId: row.run_id,
    outcome: row.outcome,
    fields: toFields(row.fields),
    configHash: row.config_hash,
    agentVersion: row.agent_version,
    parts:
      row.config_parts?.map(({ agent_id, version, is_draft, setting, setting_from: settingFrom }) => {
        return { agentId: agent_id, version, isDraft: is_draft, setting, ...(settingFrom && { settingFrom }) }
      }) ?? null,
    model: row.model,
    successful: row.successful,
    sentiment: row.sentiment,
    current: row.current,
    keptAt: row.kept_at,
    costUsd: row.cost_usd,
  }
}

/** The column `fields` as what it is: only this room writes it, and only whole field values. */
export function toFields(column: Record<string, unknown>): Fields {
  return column as Fields
}
