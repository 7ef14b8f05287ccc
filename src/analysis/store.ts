import { sql } from 'kysely'
import { type FrozenConfig, partsOf } from '../agents/index.ts'
import { isThere } from '../conversations/index.ts'
import { type AnalysisOutcome, type Db, json, type Trx } from '../db/index.ts'
import { toFields } from './load-store.ts'
import type { Question } from './prepare.ts'
import { engineVersion } from './request-hash.ts'
import type { FreshExtraction, KeepInput } from './types.ts'
import type { Fields } from './verdict.ts'

export type StoredAnalysis = { id: number; number: number; outcome: AnalysisOutcome; fields: Fields }

/** A try of this very run at this very request, ended and paid for, to which a second one belongs that was not made or not ended. */
export type FirstTry = { outcome: 'truncated' | 'invalid'; costUsd: number }

type StoredRow = {
  conversation_id: string
  id: number
  number: number
  outcome: AnalysisOutcome
  fields: Record<string, unknown>
}

function byConversation(rows: StoredRow[]): Map<string, StoredAnalysis> {
  return new Map(rows.map((row) => [row.conversation_id, toStored(row)]))
}

function toStored({ id, number, outcome, fields }: StoredRow): StoredAnalysis {
  return { id, number, outcome, fields: toFields(fields) }
}

/**
 * Per conversation the newest ok analysis that answers the same request: any kept or previewed one, but when forced only the run's
 * own. Else the run's own failure, other than of the transport: it has asked, and paid. Else the first of two tries that it has
 * made already. In one statement.
 */
export async function findReusable(
  db: Db,
  questions: Question[],
): Promise<Map<string, { analysis: StoredAnalysis } | { firstTry: FirstTry }>> {
  if (questions.length === 0) return new Map()
  const asked = questions.map(({ input, requestHash }) => ({
    conversation_id: input.conversationId,
    request_hash: requestHash,
    run_id: input.runId,
    only_run: input.force === true ? input.runId : null,
  }))
  const { rows } = await sql<StoredRow | (Record<keyof Omit<StoredRow, 'conversation_id'>, null> & Tried)>`
    select asked.conversation_id, found.*, tried.*
    from jsonb_to_recordset(${json(asked)}::jsonb)
      as asked(conversation_id text, request_hash text, run_id bigint, only_run bigint)
    left join lateral (
      select id, number, outcome, fields
      from analyses
      where conversation_id = asked.conversation_id and request_hash = asked.request_hash
        and (outcome = 'ok' and run_id = coalesce(asked.only_run, run_id)
          or outcome <> 'transport' and run_id = asked.run_id)
      order by outcome = 'ok' desc, number desc
      limit 1
    ) as found on true
    left join lateral (
      select outcome as tried, coalesce(cost_usd, 0)::float8 as tried_usd
      from attempts
      where conversation_id = asked.conversation_id and run_id = asked.run_id and purpose = 'analysis'
        and request_hash = asked.request_hash and outcome in ('truncated', 'invalid')
      order by id desc
      limit 1
    ) as tried on true
    where found.id is not null or tried is not null`.execute(db)
  return new Map(
    rows.map((row) => [
      row.conversation_id,
      row.id === null ? { firstTry: { outcome: row.tried, costUsd: row.tried_usd } } : { analysis: toStored(row) },
    ]),
  )
}

type Tried = { conversation_id: string; tried: FirstTry['outcome']; tried_usd: number }

/** Holds these conversations against other writers of their analyses until the transaction ends; returns those that are there. */
export async function lockConversations(trx: Trx, conversationIds: string[]): Promise<Set<string>> {
  if (conversationIds.length === 0) return new Set()
  const rows = await trx
    .selectFrom('conversations')
    .select('id')
    .where('id', 'in', conversationIds)
    .where(isThere)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
  return new Set(rows.map((row) => row.id))
}

/** Ok analyses that these runs have already stored for these very requests, by conversation: a job that ran twice. */
export async function findTwins(trx: Trx, fresh: FreshExtraction[]): Promise<Map<string, StoredAnalysis>> {
  const asked = fresh.map(({ input, requestHash }) => ({
    conversation_id: input.conversationId,
    request_hash: requestHash,
    run_id: input.runId,
  }))
  const { rows } = await sql<StoredRow>`
    select conversation_id, id, number, outcome, fields
    from analyses
    join jsonb_to_recordset(${json(asked)}::jsonb) as asked(conversation_id text, request_hash text, run_id bigint)
      using (conversation_id, request_hash, run_id)
    where outcome = 'ok'`.execute(trx)
  return byConversation(rows)
}

/** The runs that a row of `analyses` is the word of, undone or not: the one that made it, and those that say something to a CRM from it. */
export const releasedRuns = sql`(
      select analyses.run_id
      union
      select run_id from contributions
      where conversation_id = analyses.conversation_id and analysis_id = analyses.id and state not in ('held', 'undone')
    )`

/**
 * Those of these conversations that a newer run, not undone, has spoken for: the order of runs decides, never that of commits. And
 * those that yield to the corrections of the analysis that is current.
 */
export async function findOvertaken(trx: Trx, inputs: KeepInput[]): Promise<Set<string>> {
  const asked = inputs.map(({ conversationId, runId, yieldsToCorrections = false }) => {
    return { conversation_id: conversationId, run_id: runId, yields: yieldsToCorrections }
  })
  const { rows } = await sql<{ conversation_id: string }>`
    select distinct asked.conversation_id
    from jsonb_to_recordset(${json(asked)}::jsonb) as asked(conversation_id text, run_id bigint)
    join analyses on analyses.conversation_id = asked.conversation_id
    cross join lateral ${releasedRuns} as released
    join runs on runs.id = released.run_id and runs.id > asked.run_id
    where analyses.outcome = 'ok' and analyses.kept_at is not null and runs.undone_by is null
    union
    select asked.conversation_id
    from jsonb_to_recordset(${json(asked)}::jsonb) as asked(conversation_id text, yields boolean)
    join analyses on analyses.conversation_id = asked.conversation_id and analyses.current
    join corrections on corrections.conversation_id = asked.conversation_id
    where asked.yields`.execute(trx)
  return new Set(rows.map((row) => row.conversation_id))
}

/** Takes `current` from every analysis of these conversations but those about to have it again. */
export async function clearCurrent(trx: Trx, conversationIds: string[], except: number[]): Promise<void> {
  if (conversationIds.length === 0) return
  await trx
    .updateTable('analyses')
    .set({ current: false })
    .where('conversation_id', 'in', conversationIds)
    .where('current', '=', true)
    .$if(except.length > 0, (query) => query.where('id', 'not in', except))
    .execute()
}

/** Makes stored analyses current, or keeps them all the same. A preview among them becomes the word of the run that keeps it. */
export async function keepStored(
  trx: Trx,
  kept: { id: number; runId: number; isCurrent: boolean }[],
  keptAt: Date,
): Promise<void> {
  if (kept.length === 0) return
  const rows = kept.map(({ id, runId, isCurrent }) => ({ id, run_id: runId, is_current: isCurrent }))
  await sql`
    update analyses
    set current = current or kept.is_current,
      run_id = case when kept_at is null then kept.run_id else analyses.run_id end,
      kept_at = coalesce(kept_at, ${keptAt})
    from jsonb_to_recordset(${json(rows)}::jsonb) as kept(id bigint, run_id bigint, is_current boolean)
    where analyses.id = kept.id and not current`.execute(trx)
}

/** A version asks what an inline config has asked before: what was found is now of that version, and may be kept. */
export async function adoptInline(trx: Trx, adopted: { id: number; config: FrozenConfig }[]): Promise<void> {
  const versions = adopted.filter(({ config }) => config.version !== null)
  if (versions.length === 0) return
  const rows = versions.map(({ id, config }) => ({ id, version: config.version, parts: partsJson(config) }))
  await sql`
    update analyses set agent_version = adopted.version, config_parts = adopted.parts
    from jsonb_to_recordset(${json(rows)}::jsonb) as adopted(id bigint, version int, parts jsonb)
    where analyses.id = adopted.id and config_parts = '[]'`.execute(trx)
}

function partsJson(config: FrozenConfig) {
  return partsOf(config).map(({ agentId, version, isDraft, setting, settingFrom }) => {
    return { agent_id: agentId, version, is_draft: isDraft, setting, ...(settingFrom && { setting_from: settingFrom }) }
  })
}

/** Appends analyses, each with the next number of its conversation; returns them by conversation. Needs the lock. */
export async function insertAnalyses(
  trx: Trx,
  fresh: FreshExtraction[],
  keptAt: Date,
  overtaken: Set<string>,
): Promise<Map<string, StoredAnalysis>> {
  if (fresh.length === 0) return new Map()
  const { rows } = await sql<StoredRow>`
    insert into analyses (conversation_id, number, run_id, kept_at, current, request_hash, config_hash, agent_version, config_parts,
      engine, model, outcome, fields, successful, sentiment, started_at, attempt_id, cost_usd)
    select conversation_id, (select coalesce(max(number), 0) + 1 from analyses where conversation_id = fresh.conversation_id),
      run_id, kept_at, is_current, request_hash, config_hash, agent_version, config_parts,
      engine, model, outcome, fields, successful, sentiment,
      -- As it is now: the lock keeps it so. Lists hold it for the same.
      (select started_at from conversations where id = fresh.conversation_id), attempt_id, cost_usd
    from jsonb_to_recordset(${json(fresh.map((extraction) => toRow(extraction, keptAt, overtaken)))}::jsonb) as fresh(
      conversation_id text, run_id bigint, kept_at timestamptz, is_current boolean, request_hash text, config_hash text,
      agent_version integer, config_parts jsonb, engine text, model text, outcome text, fields jsonb, successful boolean,
      sentiment text, attempt_id bigint, cost_usd numeric(14, 8))
    returning conversation_id, id, number, outcome, fields`.execute(trx)
  return byConversation(rows)
}

function toRow(extraction: FreshExtraction, keptAt: Date, overtaken: Set<string>) {
  const { input, outcome, attempt } = extraction
  const kept = input.keep !== false
  return {
    conversation_id: input.conversationId,
    run_id: input.runId,
    kept_at: kept ? keptAt : null,
    is_current: kept && outcome === 'ok' && !overtaken.has(input.conversationId),
    request_hash: extraction.requestHash,
    config_hash: input.config.hash,
    agent_version: input.config.version,
    config_parts: partsJson(input.config),
    engine: extraction.from === 'vendor' ? 'vendor' : engineVersion,
    model: extraction.model,
    outcome,
    fields: extraction.fields,
    successful: extraction.successful,
    sentiment: extraction.sentiment,
    attempt_id: attempt?.id ?? null,
    cost_usd: extraction.costUsd,
  }
}
