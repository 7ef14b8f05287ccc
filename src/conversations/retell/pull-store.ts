import { sql } from 'kysely'
import type { RetellAccount } from '../../config.ts'
import { type ConversationKind, type Db, json } from '../../db/index.ts'

/** How far the history of one kind of an account is read. */
export type Cursor = { readTo: Date | null; liveFrom: Date }

/** The cursor, which begins when it is asked for the first time. */
export async function openCursor(db: Db, account: string, kind: ConversationKind): Promise<Cursor> {
  const { rows } = await sql<Cursor>`
    insert into pulls (account, kind) values (${account}, ${kind})
    on conflict (account, kind) do update set account = excluded.account
    returning read_to as "readTo", live_from as "liveFrom"`.execute(db)
  const [cursor] = rows
  if (!cursor) throw new Error('a cursor is opened or made')
  return cursor
}

/** Moves the cursor on; never back. */
export async function moveCursor(db: Db, account: string, kind: ConversationKind, readTo: Date): Promise<void> {
  await sql`update pulls set read_to = greatest(read_to, ${readTo}::timestamptz)
    where account = ${account} and kind = ${kind}`.execute(db)
}

/** Which of these accounts it is time to pull, each told once per interval, to whichever process asks first. */
export async function takeDuePulls(
  db: Db,
  accounts: readonly Pick<RetellAccount, 'name' | 'pullEveryMinutes'>[],
): Promise<string[]> {
  const intervals = accounts.flatMap(({ name, pullEveryMinutes: minutes }) => (minutes > 0 ? [{ name, minutes }] : []))
  if (intervals.length === 0) return []
  const { rows } = await sql<{ account: string }>`
    insert into pulls (account, kind, due_at)
    select name, 'call', now() + make_interval(mins => minutes)
    from jsonb_to_recordset(${json(intervals)}::jsonb) as due (name text, minutes int)
    on conflict (account, kind) do update set due_at = excluded.due_at where pulls.due_at <= now()
    returning account`.execute(db)
  return rows.map(({ account }) => account)
}
