import { setTimeout as sleep } from 'node:timers/promises'
import { Client, DatabaseError } from 'pg'
import { AppError } from '../../errors.ts'
import { type Cluster, superuser } from './cluster.ts'
import { isServerOf, type Postmaster } from './postmaster.ts'
import { removeTemporaryFolder } from './server-user.ts'

/** A connection that says "this process uses the server": it holds a shared lock and dies with the process. */
export type Seat = { client: Client; server: Postmaster }

/** The database of Afterword on an embedded server. */
const database = 'afterword'
const seats = 7_265_123
const stopPatienceMs = 30_000

/** Takes a seat at a running server, or returns undefined while it is starting, stopping or gone. */
export async function takeSeat(server: Postmaster, cluster: Cluster): Promise<Seat | undefined> {
  const client = new Client({
    host: server.socketFolder,
    port: server.port,
    user: superuser,
    password: cluster.password,
    database: 'postgres',
    application_name: 'afterword seat',
    connectionTimeoutMillis: 5_000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select pg_advisory_lock_shared($1)', [seats])
    await createDatabase(client)
    return { client, server }
  } catch (cause) {
    await client.end().catch(() => undefined)
    if (sqlState(cause)?.startsWith('28')) {
      throw new AppError('db.wrong_password', 'stop', `the password kept beside ${cluster.data} is not the server's`, {
        cause,
      })
    }
    return undefined
  }
}

/** Gives the seat up; the last to leave stops the server. */
export async function leaveSeat(seat: Seat, cluster: Cluster): Promise<void> {
  if (await isLast(seat)) await stopServer(seat.server, cluster)
  await seat.client.end().catch(() => undefined)
}

export function databaseUrl({ server }: Seat, { password }: Cluster): string {
  const socket = encodeURIComponent(server.socketFolder)
  return `postgres://${superuser}:${password}@localhost:${server.port}/${database}?host=${socket}`
}

async function createDatabase(client: Client): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [database])
  if (rowCount !== 0) return
  await client.query(`create database ${database}`).catch((error: unknown) => {
    if (sqlState(error) !== '42P04' && sqlState(error) !== '23505') throw error
  })
}

async function isLast({ client }: Seat): Promise<boolean> {
  try {
    await client.query('select pg_advisory_unlock_shared($1)', [seats])
    const { rows } = await client.query('select pg_try_advisory_lock($1) as last', [seats])
    return rows[0]?.last === true
  } catch {
    return false
  }
}

/**
 * SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one (the next start then recovers from the log). Waits for the process,
 * not its pid file: 52 ms after that was gone the server was still seen.
 */
async function stopServer(server: Postmaster, cluster: Cluster): Promise<void> {
  const started = Date.now()
  process.kill(server.pid, 'SIGINT')
  while (await isServerOf(cluster.data, server.pid)) {
    await sleep(20)
    if (Date.now() - started > stopPatienceMs) process.kill(server.pid, 'SIGQUIT')
  }
  await removeTemporaryFolder(server.socketFolder)
}

function sqlState(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined
}
