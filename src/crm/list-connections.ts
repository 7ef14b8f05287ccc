import type { Db } from '../db/index.ts'

/** A connection as the database knows it. */
export type KnownConnection = {
  name: string
  kind: string
  /** The account behind it; null where it never answered. */
  account: string | null
  since: Date
  /** Why something stands still there, and since when; null: nothing does. */
  stopped: { why: string; since: Date } | null
}

/** The connections that were remembered, by name. */
export async function listConnections(db: Db): Promise<KnownConnection[]> {
  const rows = await db
    .selectFrom('connections')
    .leftJoin('connection_stops as stop', 'stop.connection', 'connections.name')
    .distinctOn('connections.name')
    .select(['connections.name', 'kind', 'account', 'created_at', 'stop.why', 'stop.since'])
    .orderBy('connections.name')
    .orderBy('stop.since')
    .execute()
  return rows.map(({ name, kind, account, created_at, why, since }) => {
    return { name, kind, account, since: created_at, stopped: why && since ? { why, since } : null }
  })
}
