import type { ChildProcess } from 'node:child_process'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { stageBinaries } from './binaries.ts'
import { type Cluster, openCluster } from './cluster.ts'
import { findPostmaster, lastWords, spawnPostmaster } from './postmaster.ts'
import { databaseUrl, leaveSeat, type Seat, takeSeat } from './seat.ts'
import { giveToServer, makeTemporaryFolder, removeTemporaryFolder } from './server-user.ts'

/** `adopted`: the server ran already, started by another process or left behind by a killed one. */
export type Embedded = { url: string; adopted: boolean; stop(): Promise<void> }

const startPatienceMs = 300_000

/**
 * A real PostgreSQL on the files in `folder`, which are created at the first start. Processes that name the same folder
 * share one server, whoever comes first starts it, and the last to call `stop` (twice is safe) stops it. Close pools before.
 * A server whose processes were all killed runs on and is adopted by the next. Throws `db.embedded_failed` and its kin.
 */
export async function startEmbedded({ folder, log }: { folder: string; log: Log }): Promise<Embedded> {
  const binaries = await stageBinaries()
  const cluster = await openCluster({ binaries, folder: path.resolve(folder), log, durable: true })
  const { seat, adopted } = await joinOrStart(cluster, () => startOnSocket(binaries, cluster))
  let left: Promise<void> | undefined
  const stop = () => {
    left ??= leaveSeat(seat, cluster)
    return left
  }
  return { url: databaseUrl(seat, cluster), adopted, stop }
}

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
    if (child && hasEnded(child)) await explainEnd(cluster)
    if (!server && (!child || hasEnded(child))) child = await start()
  }
  throw new AppError('db.embedded_failed', 'stop', `PostgreSQL does not answer: ${await lastWords(cluster)}`)
}

async function startOnSocket(binaries: string, cluster: Cluster): Promise<ChildProcess> {
  const socketFolder = await makeTemporaryFolder()
  await giveToServer(socketFolder)
  const child = await spawnPostmaster({ binaries, cluster, socketFolder, durable: true })
  child.once('exit', () => removeTemporaryFolder(socketFolder))
  return child
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/** Another server on the folder, or the last backends of a killed one, are worth another try. */
async function explainEnd(cluster: Cluster): Promise<void> {
  const words = await lastWords(cluster)
  if (!/postmaster\.pid|shared memory block/.test(words)) {
    throw new AppError('db.embedded_failed', 'stop', `PostgreSQL ended: ${words} (${cluster.logFile})`)
  }
  await sleep(200)
}
