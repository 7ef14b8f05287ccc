import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../errors.ts'
import type { Cluster } from './cluster.ts'
import { findPostmaster, lastWords } from './postmaster.ts'
import { type Seat, takeSeat } from './seat.ts'

const startPatienceMs = 300_000

/** Needs no lock of its own: PostgreSQL lets one server onto a data folder, and whoever loses that race joins the winner. */
export async function joinOrStart(
  cluster: Cluster,
  start: () => Promise<ChildProcess>,
): Promise<{ seat: Seat; adopted: boolean }> {
  let child: ChildProcess | undefined
  for (const deadline = Date.now() + startPatienceMs; Date.now() < deadline; await sleep(20)) {
    const server = await findPostmaster(cluster.data)
    const seat = server && (await takeSeat(server, cluster))
    if (seat) return { seat, adopted: seat.server.pid !== child?.pid }
    if (child && hasEnded(child)) await explainEnd(cluster, child)
    if (!server && (!child || hasEnded(child))) child = await start()
  }
  throw new AppError('db.embedded_failed', 'stop', `PostgreSQL does not answer: ${await lastWords(cluster)}`)
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/** Another server on the folder, or the last backends of a killed one, are worth another try. */
async function explainEnd(cluster: Cluster, child: ChildProcess): Promise<void> {
  const words = await lastWords(cluster, child.pid)
  if (!/postmaster\.pid|shared memory block/.test(words)) {
    throw new AppError('db.embedded_failed', 'stop', `PostgreSQL ended: ${words} (${cluster.logFile})`)
  }
  await sleep(200)
}
