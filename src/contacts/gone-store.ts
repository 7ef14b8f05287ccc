import { sql } from 'kysely'
import type { Db, Trx } from '../db/index.ts'
import type { Forgettable } from './forgotten-store.ts'

/** For each of these numbers and e-mails the newest time at which a record that had it was found gone, as `kind key`. */
export async function goneSince(
  db: Db | Trx,
  {
    connection,
    object,
    keys,
  }: { connection: string; object: string; keys: readonly Pick<Forgettable, 'kind' | 'key'>[] },
): Promise<Map<string, Date>> {
  if (keys.length === 0) return new Map()
  const rows = await db
    .selectFrom('crm_record_keys')
    .innerJoin('crm_records', 'crm_records.id', 'crm_record_keys.record_id')
    .select((eb) => ['kind', 'key', eb.fn.max('gone_at').as('gone_at')])
    .where('crm_record_keys.connection', '=', connection)
    .where('crm_record_keys.object', '=', object)
    .where(sql<boolean>`key = any(${[...new Set(keys.map(({ key }) => key))]}::text[])`)
    .where('gone_at', 'is not', null)
    .where('merged_into', 'is', null)
    .groupBy(['kind', 'key'])
    .execute()
  return new Map(rows.flatMap(({ kind, key, gone_at }) => (gone_at === null ? [] : [[`${kind} ${key}`, gone_at]])))
}
