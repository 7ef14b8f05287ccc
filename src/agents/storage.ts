import { sql } from 'kysely'
import { z } from 'zod'
import { type Db, json, type Trx } from '../db/index.ts'
import { AppError } from '../errors.ts'

/** What is kept of a conversation, from all to the least. @see reference/retell.md 1.1 */
export const storageSettings = ['everything', 'everything_except_pii', 'basic_attributes_only'] as const
export type StorageSetting = (typeof storageSettings)[number]

const settingSchema = z.enum(storageSettings)
const daysSchema = z.int().min(1).max(730)

/** Throws `agent.invalid` (400) for an agent object whose storage settings are none. Pure. */
export function checkStorage(body: Record<string, unknown>): void {
  const { data_storage_setting: setting, data_storage_retention_days: days } = body
  if (!settingSchema.nullish().safeParse(setting).success)
    throw invalid(`data_storage_setting must be ${storageSettings.join(', ')}`)
  if (!daysSchema.nullish().safeParse(days).success)
    throw invalid('data_storage_retention_days must be a whole number from 1 to 730, or null')
}

function invalid(message: string): AppError {
  return new AppError('agent.invalid', 'skip', message, { status: 400 })
}

type Asked = { agentId: string; version: number | null }

/**
 * What is to be kept of conversations of these agents: as the version says that took them, else the newest that is published, else the
 * newest draft; everything where none says. In one statement, in the order asked for.
 */
export async function storageOf(db: Db | Trx, asked: readonly Asked[]): Promise<StorageSetting[]> {
  if (asked.length === 0) return []
  const { rows } = await sql<{ setting: unknown }>`
    select held.raw ->> 'data_storage_setting' as setting
    from jsonb_to_recordset(${json(asked.map((each, place) => ({ ...each, place })))}::jsonb)
      as asked ("agentId" text, version int, place int)
    left join lateral (
      select raw from agent_versions where agent_id = asked."agentId"
      order by (version is not distinct from asked.version) desc, published_at is not null desc, version desc limit 1
    ) as held on true
    order by asked.place`.execute(db)
  return rows.map(({ setting }) => settingSchema.safeParse(setting).data ?? 'everything')
}

/** Agents that say for how many days their conversations are kept: in the newest version that is published, else in the newest draft. */
export async function retentionOfAgents(db: Db | Trx): Promise<{ agentId: string; days: number }[]> {
  const { rows } = await sql<{ agentId: string; days: unknown }>`
    select distinct on (agent_id) agent_id as "agentId", raw -> 'data_storage_retention_days' as days
    from agent_versions order by agent_id, published_at is null, version desc`.execute(db)
  return rows.flatMap(({ agentId, days }) => {
    const read = daysSchema.safeParse(days)
    return read.success ? [{ agentId, days: read.data }] : []
  })
}

/** What a conversation itself says of it, as its vendor noted when it took place; undefined where it says nothing. Pure. */
export function readStorage(raw: Record<string, unknown>): StorageSetting | undefined {
  return settingSchema.safeParse(raw.data_storage_setting).data
}
