import { sql } from 'kysely'
import type { Db, Trx } from '../../db/index.ts'
import type { Mapping } from '../../mapping/index.ts'
import type { Match } from './match-conversation.ts'

/** The links of these conversations under one mapping, those that found nobody included. */
export async function linkedAlready(db: Db, mapping: string, conversationIds: string[]): Promise<Map<string, Match>> {
  const rows = await db
    .selectFrom('links')
    .select(['conversation_id', 'state', 'record_id', 'step', 'candidates'])
    .where('mapping', '=', mapping)
    .where('conversation_id', 'in', conversationIds)
    .execute()
  return new Map(rows.map((row) => [row.conversation_id, toMatch(row)]))
}

function toMatch(row: { state: string; record_id: number | null; step: string | null; candidates: number[] }): Match {
  const step = row.step ?? ''
  if (row.record_id !== null) return { state: 'matched', recordId: row.record_id, step }
  // pg reads bigint[] as text
  return row.state === 'parked' ? { state: 'parked', candidates: row.candidates.map(Number), step } : { state: 'none' }
}

/** Writes links; one that is matched already is left alone, whoever made it. */
export async function saveLinks(
  trx: Trx,
  mapping: Mapping,
  links: readonly { conversationId: string; match: Match }[],
): Promise<void> {
  const rows = links
    .map(({ conversationId, match }) => ({
      conversation_id: conversationId,
      mapping: mapping.name,
      connection: mapping.connection,
      object: mapping.object,
      state: match.state,
      record_id: match.state === 'matched' ? match.recordId : null,
      step: match.state === 'none' ? null : match.step,
      candidates: match.state === 'parked' ? match.candidates : [],
    }))
    .sort((a, b) => (a.conversation_id < b.conversation_id ? -1 : 1))
  await trx
    .insertInto('links')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['conversation_id', 'mapping'])
        .doUpdateSet((eb) => ({
          state: eb.ref('excluded.state'),
          record_id: eb.ref('excluded.record_id'),
          step: eb.ref('excluded.step'),
          candidates: eb.ref('excluded.candidates'),
          made_at: sql<Date>`now()`,
        }))
        .where('links.state', '<>', 'matched'),
    )
    .execute()
}

/**
 * Conversations whose link found nobody or too many and that carry one of the given records' numbers or e-mails,
 * with the mapping the link belongs to.
 */
export async function unlinkedOf(
  db: Db,
  connection: string,
  recordIds: number[],
): Promise<{ conversationId: string; mapping: string }[]> {
  if (recordIds.length === 0) return []
  const rows = await db
    .selectFrom('links')
    .innerJoin('conversations', 'conversations.id', 'links.conversation_id')
    .select(['links.conversation_id', 'links.mapping'])
    .where('links.connection', '=', connection)
    .where('links.state', '<>', 'matched')
    .where((eb) => {
      const keys = eb.selectFrom('crm_record_keys').select('key').where('record_id', 'in', recordIds)
      const externalIds = eb.selectFrom('crm_records').select('external_id').where('id', 'in', recordIds)
      return eb.or([
        eb('conversations.contact_number', 'in', keys.where('kind', '=', 'number')),
        // What else a match step may read stands in metadata: its values against keys of any kind.
        eb.exists(
          eb
            .selectFrom(sql<{ value: string }>`jsonb_each_text(conversations.metadata)`.as('said'))
            .select(sql`1`.as('one'))
            .where((inner) => inner.or([inner('said.value', 'in', keys), inner('said.value', 'in', externalIds)])),
        ),
      ])
    })
    .execute()
  return rows.map((row) => ({ conversationId: row.conversation_id, mapping: row.mapping }))
}
