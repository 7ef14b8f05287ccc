import path from 'node:path'
import type { Log } from '../../log.ts'
import { stageBinaries } from './binaries.ts'
import { openCluster } from './cluster.ts'
import { joinOrStart } from './join-or-start.ts'
import { keepRunning } from './keep-running.ts'
import { spawnPostmaster } from './postmaster.ts'
import { databaseUrl } from './seat.ts'
import { giveToServer, isTemporaryFolder, makeTemporaryFolder, makeTemporaryFolderAt } from './server-user.ts'

/** `adopted`: the server ran already, started by another process or left behind by a killed one. */
export type Embedded = { url: string; adopted: boolean; stop(): Promise<void> }

/**
 * A real PostgreSQL on the files in `folder`, which are created at the first start. Processes that name the same folder
 * share one server, whoever comes first starts it, and the last to call `stop` (twice is safe) stops it. Close pools before.
 * A server whose processes were all killed runs on and is adopted by the next; one that ends under its processes is started again, at
 * the same address. Throws `db.embedded_failed` and its kin.
 */
export async function startEmbedded({ folder, log }: { folder: string; log: Log }): Promise<Embedded> {
  const binaries = await stageBinaries()
  const cluster = await openCluster({ binaries, folder: path.resolve(folder), log, durable: true })
  const start = (makeSocketFolder: (left?: string) => Promise<string>) =>
    spawnPostmaster({ binaries, cluster, makeSocketFolder, durable: true })
  const { seat, adopted } = await joinOrStart(cluster, () => start(makeSocketFolder))
  const { leave } = keepRunning(seat, { cluster, log, startAt: (folder) => start(() => makeTemporaryFolderAt(folder)) })
  let left: Promise<void> | undefined
  const stop = () => {
    left ??= leave()
    return left
  }
  return { url: databaseUrl(seat, cluster), adopted, stop }
}

/** That of a server that was killed, where its processes look for the next one; or a new one. */
async function makeSocketFolder(left?: string): Promise<string> {
  if (left !== undefined && (await isTemporaryFolder(left))) return left
  const folder = await makeTemporaryFolder()
  await giveToServer(folder)
  return folder
}
