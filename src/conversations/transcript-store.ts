import { type Db, json, type Trx } from '../db/index.ts'
import type { Accepted } from './accept-retell.ts'
import type { Words } from './retell-turns.ts'
import { turnsSchema, wordsSchema } from './turn-schema.ts'
import type { Turn } from './types.ts'

export async function upsertTranscripts(trx: Trx, accepted: Accepted[]): Promise<void> {
  if (accepted.length === 0) return
  const rows = accepted.map(({ conversation, turns, words }) => ({
    conversation_id: conversation.id,
    turns: json(turns),
    words: words === null ? null : json(words),
  }))
  await trx
    .insertInto('transcripts')
    .values(rows.toSorted((a, b) => (a.conversation_id < b.conversation_id ? -1 : 1)))
    .onConflict((conflict) =>
      conflict.column('conversation_id').doUpdateSet((eb) => ({
        turns: eb.ref('excluded.turns'),
        words: eb.ref('excluded.words'),
      })),
    )
    .execute()
}

/** The turns of these conversations, without the times of their words. */
export async function selectTurns(db: Db | Trx, ids: string[]): Promise<Map<string, Turn[]>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('transcripts')
    .select(['conversation_id', 'turns'])
    .where('conversation_id', 'in', ids)
    .execute()
  return new Map(rows.map((row) => [row.conversation_id, turnsSchema.parse(row.turns)]))
}

export async function selectWords(db: Db | Trx, id: string): Promise<Words> {
  const row = await db.selectFrom('transcripts').select('words').where('conversation_id', '=', id).executeTakeFirst()
  return wordsSchema.parse(row?.words ?? null)
}
