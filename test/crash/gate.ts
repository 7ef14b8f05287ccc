import { sql } from 'kysely'
import { Client } from 'pg'
import type { Db } from '../../src/db/index.ts'
import type { AtEnd } from '../support/database.ts'

/** A place in the database where statements of a certain kind wait until they are let through. */
export type Gate = {
  /** Whether somebody waits. */
  isReached(): Promise<boolean>
  /** Lets everybody through, now and later. */
  open(): Promise<void>
  /** Ends the sessions that wait, as if the server had noticed at once that their process is dead, and opens. */
  cutOff(): Promise<void>
}

const key = 4711

/** Makes every such statement wait, `when` being a condition on the row that it writes. */
export async function setGate(
  url: string,
  { table, event, when }: { table: string; event: 'insert' | 'update'; when: string },
  atEnd: AtEnd,
): Promise<Gate> {
  const client = new Client({ connectionString: url })
  await client.connect()
  atEnd(() => client.end())
  await client.query(`
    create function wait_at_gate() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock_shared(${key});
      return new;
    end $$;
    select pg_advisory_lock(${key});
    create trigger gate before ${event} on ${table} for each row when (${when}) execute function wait_at_gate();
  `)
  const waiting = `
    pg_locks where locktype = 'advisory' and objid = ${key} and not granted
      and database = (select oid from pg_database where datname = current_database())`
  const open = async () => void (await client.query(`select pg_advisory_unlock(${key})`))
  return {
    isReached: async () => (await client.query(`select from ${waiting}`)).rowCount !== 0,
    open,
    cutOff: async () => {
      await client.query(`select pg_terminate_backend(pid) from ${waiting}`)
      await open()
    },
  }
}

/** Whether a transaction waits for a row of another one. */
export async function somebodyWaits(db: Db): Promise<boolean> {
  const { rows } = await sql`select from pg_locks join pg_stat_activity using (pid)
    where not granted and transactionid is not null and datname = current_database()`.execute(db)
  return rows.length > 0
}
