import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { Log } from '../log.ts'

/** First halves of the keys of our advisory locks: one lock per living worker, and one for what a single worker does at a time. */
export const workerLocks = 0x4146_5457
const tendLocks = 0x4146_5444

/**
 * That this process lives, as PostgreSQL sees it: a session lock on a connection of its own, which the end of the process frees
 * within milliseconds, however it ends. A lost connection is made anew.
 */
export type Presence = {
  /** The second half of the key of our lock, by which jobs name their holder. */
  workerId: number
  /** Does the work, unless another worker is at such work just now or the database is out of reach. */
  alone(work: () => Promise<void>): Promise<void>
  leave(): Promise<void>
}

/** How soon a lost connection is tried again: before a fellow has looked twice, see `startTending`. */
const againMs = 100

/** Enters with an id drawn anew; `reentered` is called each time the connection has been lost and is back. */
export async function appear(deps: {
  url: string
  log: Log
  reentered: (workerId: number) => Promise<void>
}): Promise<Presence> {
  const workerId = randomInt(1, 2 ** 31)
  let leaving = false
  let client: Client | undefined
  const enter = async () => {
    client = await takeLock(deps.url, workerId)
    client.once('end', () => leaving || void reenter())
  }
  const reenter = async () => {
    client = undefined
    deps.log.warn({ code: 'queue.presence_lost' }, 'the database no longer sees this worker')
    while (!leaving && client === undefined) {
      await sleep(againMs)
      await enter().catch(() => undefined)
    }
    // Should the database be lost again meanwhile, it will be entered again.
    await deps.reentered(workerId).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      deps.log.error(
        { code: 'queue.reenter_failed', reason },
        'what was lost with the database waits for its heartbeat',
      )
    })
  }
  await enter()
  return {
    workerId,
    alone: async (work) => client && underLock(client, work),
    leave: async () => {
      leaving = true
      await client?.end()
    },
  }
}

/** Waits for the lock, which after a lost connection is ours until PostgreSQL has noticed the loss too. */
async function takeLock(connectionString: string, workerId: number): Promise<Client> {
  const client = new Client({ connectionString, application_name: 'afterword worker', keepAlive: true })
  // A lost connection also ends, and that is what is acted on.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select pg_advisory_lock($1, $2)', [workerLocks, workerId])
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
}

async function underLock(client: Client, work: () => Promise<void>): Promise<void> {
  const { rows } = await client.query('select pg_try_advisory_lock($1, 0) as alone', [tendLocks])
  if (!rows[0]?.alone) return
  try {
    await work()
  } finally {
    await client.query('select pg_advisory_unlock($1, 0)', [tendLocks])
  }
}
