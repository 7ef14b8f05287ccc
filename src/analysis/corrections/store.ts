import { sql } from 'kysely'
import { type Db, json, type Trx } from '../../db/index.ts'
import type { Value } from '../../mapping/index.ts'

/** A person's word on one item of a conversation, by the run that it is. */
export type Correction = {
  item: string
  /** Null: the conversation does not say it. */
  value: Value
  runId: number
  actor: string
  reason: string
  at: Date
  /** `in_force`: it counts; `overridden`: a newer one does; `withdrawn`: its run is undone. */
  state: 'in_force' | 'overridden' | 'withdrawn'
}

/** The run's id orders corrections: the newest of an item, not undone, stands. */
export async function insertCorrection(
  trx: Trx,
  correction: { conversationId: string; item: string; runId: number; value: Value; actor: string },
): Promise<void> {
  const { conversationId, item, runId, value, actor } = correction
  await trx
    .insertInto('corrections')
    .values({ conversation_id: conversationId, item, run_id: runId, value: json(value), actor })
    .execute()
}

/** Every correction a conversation ever had, the newest first. */
export async function selectCorrections(db: Db | Trx, conversationId: string): Promise<Correction[]> {
  return (await correctionsOf(db, [conversationId])).get(conversationId) ?? []
}

/** The same of many conversations; those without any are absent. */
export async function correctionsOf(db: Db | Trx, conversationIds: string[]): Promise<Map<string, Correction[]>> {
  if (conversationIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('corrections')
    .innerJoin('runs', 'runs.id', 'corrections.run_id')
    .select(['conversation_id', 'item', 'value', 'run_id', 'corrections.actor', 'runs.reason', 'at', 'undone_by'])
    // One parameter: of a page of a thousand, a thousand are a long statement to write and to read.
    .where(sql<boolean>`conversation_id = any(${conversationIds})`)
    .orderBy('run_id', 'desc')
    .execute()
  return new Map([...Map.groupBy(rows, (row) => row.conversation_id)].map(([id, own]) => [id, toCorrections(own)]))
}

type Row = Omit<Correction, 'value' | 'runId' | 'state'> & {
  value: unknown
  run_id: number
  undone_by: number | null
}

/** Of one conversation, the newest first. */
function toCorrections(rows: Row[]): Correction[] {
  const standing = new Set<string>()
  return rows.map((row) => {
    const isFirst = row.undone_by === null && !standing.has(row.item)
    if (isFirst) standing.add(row.item)
    const state = row.undone_by !== null ? 'withdrawn' : isFirst ? 'in_force' : 'overridden'
    // Written by `insertCorrection`, and by nothing else.
    const value = row.value as Value
    return { item: row.item, value, runId: row.run_id, actor: row.actor, reason: row.reason, at: row.at, state }
  })
}

/** The corrections that count, of many conversations. */
export async function selectStanding(
  db: Db,
  conversationIds: readonly string[],
): Promise<Map<string, Pick<Correction, 'item' | 'value' | 'state'>[]>> {
  if (conversationIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('corrections')
    .innerJoin('runs', 'runs.id', 'corrections.run_id')
    .select(['conversation_id', 'item', 'value'])
    .distinctOn(['conversation_id', 'item'])
    .where('conversation_id', 'in', [...conversationIds])
    .where('undone_by', 'is', null)
    .orderBy('conversation_id')
    .orderBy('item')
    .orderBy('run_id', 'desc')
    .execute()
  const standing = rows.map((row) => ({ ...row, value: row.value as Value, state: 'in_force' as const }))
  return Map.groupBy(standing, (row) => row.conversation_id)
}
