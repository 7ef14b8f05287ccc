import { sql } from 'kysely'
import type { ConnectionConfig } from '../config.ts'
import { type Db, json } from '../db/index.ts'

/**
 * Which of these connections it is time to import, each told once per interval, to whichever process asks first. One that was
 * never imported is due at once.
 */
export async function takeDueImports(
  db: Db,
  connections: readonly Pick<ConnectionConfig, 'name' | 'imports'>[],
): Promise<string[]> {
  const intervals = connections.flatMap(({ name, imports: { everyMinutes } }) =>
    everyMinutes === 0 ? [] : [{ name, minutes: everyMinutes }],
  )
  if (intervals.length === 0) return []
  const { rows } = await sql<{ name: string }>`
    update connections set import_due_at = now() + make_interval(mins => due.minutes)
    from jsonb_to_recordset(${json(intervals)}::jsonb) as due (name text, minutes int)
    where connections.name = due.name and import_due_at <= now()
    returning connections.name`.execute(db)
  return rows.map((row) => row.name)
}
