import { sql } from 'kysely'
import type { ConnectionConfig } from '../config.ts'
import { type Db, json } from '../db/index.ts'

/**
 * Which of these connections it is time to import, each told once per interval, to whichever process asks first. One that was
 * never imported is due at once, and one whose import was refused when it is time to ask the CRM again. One that is not remembered
 * yet (its CRM was out of reach when the service started) is told until it is.
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
    where connections.name = due.name and (import_due_at <= now() or exists (
      select from connection_stops as stop
      where stop.connection = due.name and stop.work = 'import' and stop.retry_at <= clock_timestamp()
    ))
    returning connections.name`.execute(db)
  const names = intervals.map(({ name }) => name)
  const known = await db.selectFrom('connections').select('name').where('name', 'in', names).execute()
  const remembered = new Set(known.map(({ name }) => name))
  return [...rows.map((row) => row.name), ...names.filter((name) => !remembered.has(name))]
}
