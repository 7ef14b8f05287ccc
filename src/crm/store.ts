import { sql } from 'kysely'
import { z } from 'zod'
import { type Db, json } from '../db/index.ts'
import type { CrmField } from './contract.ts'
import { fieldSchema } from './field-schema.ts'

export type Connection = { name: string; kind: string; account: string | null; ownAppId: string | null }

/** Stores what is known of a connection, or returns undefined where it is stored as another account's. */
export async function upsertConnection(
  db: Db,
  { name, kind, account, ownAppId }: Connection,
): Promise<Connection | undefined> {
  const row = await db
    .insertInto('connections')
    .values({ name, kind, account, own_app_id: ownAppId })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet((eb) => ({
          account: eb.ref('excluded.account'),
          own_app_id: eb.fn.coalesce('excluded.own_app_id', 'connections.own_app_id'),
        }))
        .whereRef('connections.kind', '=', 'excluded.kind')
        .where((eb) =>
          eb.or([eb('connections.account', 'is', null), eb('connections.account', '=', eb.ref('excluded.account'))]),
        ),
    )
    .returning(['name', 'kind', 'account', 'own_app_id'])
    .executeTakeFirst()
  return row && { name: row.name, kind: row.kind, account: row.account, ownAppId: row.own_app_id }
}

const fieldsSchema = z.array(fieldSchema)

/** The fields as last read, where that is not longer ago than `maxAgeMs` (Infinity: whenever). */
export async function findSchema(
  db: Db,
  connection: string,
  object: string,
  maxAgeMs: number,
): Promise<CrmField[] | undefined> {
  const stored = db
    .selectFrom('crm_schemas')
    .select('fields')
    .where('connection', '=', connection)
    .where('object', '=', object)
  // PostgreSQL below 17 knows no infinite interval.
  const oldest = sql<Date>`now() - ${maxAgeMs}::float8 * interval '1 millisecond'`
  const row = await (maxAgeMs === Number.POSITIVE_INFINITY
    ? stored
    : stored.where('read_at', '>', oldest)
  ).executeTakeFirst()
  // A shape stored by an older version is read anew.
  return row && fieldsSchema.safeParse(row.fields).data
}

export async function upsertSchema(db: Db, connection: string, object: string, fields: CrmField[]): Promise<void> {
  await db
    .insertInto('crm_schemas')
    .values({ connection, object, fields: json(fields) })
    .onConflict((conflict) =>
      conflict
        .columns(['connection', 'object'])
        .doUpdateSet((eb) => ({ fields: eb.ref('excluded.fields'), read_at: sql<Date>`now()` })),
    )
    .execute()
}
