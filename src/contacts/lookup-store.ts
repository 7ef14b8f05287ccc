import { sql } from 'kysely'
import type { Db } from '../db/index.ts'
import { type Forgettable, keyedHash, selectForgotten, selectHashKey } from './forgotten-store.ts'

type ObjectOf = { connection: string; object: string }

const hours = sql`interval '1 hour'`

/** Takes the one search for a key within an hour: false where somebody has had it, or the key is of a person who was erased. */
export async function claimLookup(db: Db, { connection, object }: ObjectOf, key: Forgettable): Promise<boolean> {
  const isForgotten = await selectForgotten(db, [key])
  if (isForgotten(key)) return false
  const hash = keyedHash(await selectHashKey(db), key)
  await sql`delete from crm_lookups where at <= now() - ${hours}`.execute(db)
  const { rows } = await sql`
    insert into crm_lookups (connection, object, hash) values (${connection}, ${object}, ${hash})
    on conflict do nothing returning hash`.execute(db)
  return rows.length > 0
}

/** A search that was not answered has not been made. */
export async function dropLookup(db: Db, { connection, object }: ObjectOf, key: Forgettable): Promise<void> {
  const hash = keyedHash(await selectHashKey(db), key)
  await db
    .deleteFrom('crm_lookups')
    .where('connection', '=', connection)
    .where('object', '=', object)
    .where('hash', '=', hash)
    .execute()
}
