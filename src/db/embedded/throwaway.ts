import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Log } from '../../log.ts'
import { stageBinaries } from './binaries.ts'
import { openCluster } from './cluster.ts'
import { joinOrStart } from './join-or-start.ts'
import { spawnPostmaster } from './postmaster.ts'
import { databaseUrl } from './seat.ts'
import { makeTemporaryFolder } from './server-user.ts'

export type Throwaway = { url: string; stop(): Promise<void> }

/**
 * A new, empty PostgreSQL in a temporary folder, for tests and the demo: quick because it need not survive a power cut, and
 * gone with its folder after `stop` or when this process ends in whatever way, SIGKILL included.
 */
export async function startThrowaway({ log }: { log: Log }): Promise<Throwaway> {
  const binaries = await stageBinaries()
  const folder = await makeTemporaryFolder()
  const watchdog = startWatchdog(folder)
  const stop = async () => {
    watchdog.stdin?.end()
    if (watchdog.exitCode === null) await once(watchdog, 'exit')
  }
  try {
    const cluster = await openCluster({ binaries, folder, log, durable: false })
    const makeSocketFolder = async () => cluster.data
    const start = () => spawnPostmaster({ binaries, cluster, makeSocketFolder, durable: false })
    const { seat } = await joinOrStart(cluster, start)
    await seat.client.end()
    return { url: databaseUrl(seat, cluster), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Waits for the end of its standard input, which comes when we close it and when we are no more; needs no polling and no pid. */
const watchdogScript = `
while read -r _; do :; done
home=$(cd "$1/postgres" 2>/dev/null && pwd -P) || home=
if [ -n "$home" ] && read -r pid < "$home/data/postmaster.pid"; then
  kill -QUIT "$pid"
  tries=0
  while kill -0 "$pid" && [ $tries -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
fi
rm -rf "$home" "$1"
`

function startWatchdog(folder: string): ChildProcess {
  return spawn('/bin/sh', ['-c', watchdogScript, 'afterword-watchdog', folder], {
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
}
