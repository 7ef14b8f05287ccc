import type { Db, RunKind } from '../db/index.ts'

/** What kind of decision each of these runs was. */
export async function runKinds(db: Db, runIds: number[]): Promise<Map<number, RunKind>> {
  const rows = await db.selectFrom('runs').select(['id', 'kind']).where('id', 'in', runIds).execute()
  return new Map(rows.map((row) => [row.id, row.kind]))
}
