import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Cluster } from './cluster.ts'
import { removeTemporaryFolder, serverUser } from './server-user.ts'

/** A running server, as its own `postmaster.pid` describes it. */
export type Postmaster = { pid: number; port: number; socketFolder: string }

export type ServerOptions = {
  binaries: string
  cluster: Cluster
  /** Makes the folder of its socket; `left` is that of a server that was killed. */
  makeSocketFolder: (left: string | undefined) => Promise<string>
  durable: boolean
}

const run = promisify(execFile)
const logLimitBytes = 5_000_000

// Terse, and without the failing statement: both would put customers' data into a log file.
const settings = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
}
const withoutDurability = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

/** The server that runs on this data folder, by whomever started. */
export async function findPostmaster(data: string): Promise<Postmaster | undefined> {
  const recorded = await readPidFile(data)
  return recorded !== undefined && (await isServerOf(data, recorded.pid)) ? recorded : undefined
}

/** Starts a server on the cluster and returns when it runs, not when it is ready. It is detached: Ctrl-C does not reach it. */
export async function spawnPostmaster({
  binaries,
  cluster,
  makeSocketFolder,
  durable,
}: ServerOptions): Promise<ChildProcess> {
  const dead = await findDead(cluster.data)
  if (dead && (await commandOf(dead.pid)) !== '') await disown(dead, cluster.data)
  const socketFolder = await makeSocketFolder(dead?.socketFolder)
  const chosen = Object.entries({ ...settings, ...(durable ? {} : withoutDurability) })
  const words = chosen.flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const size = await stat(cluster.logFile).then(
    (found) => found.size,
    () => 0,
  )
  await using output = await open(cluster.logFile, size > logLimitBytes ? 'w' : 'a', 0o600)
  const child = spawn(path.join(binaries, 'bin/postgres'), ['-D', cluster.data, '-k', socketFolder, ...words], {
    cwd: '/',
    env: { LC_ALL: 'C' },
    stdio: ['ignore', output.fd, output.fd],
    detached: true,
    ...serverUser,
  })
  await once(child, 'spawn')
  child.unref()
  // After a crash it stays: whoever starts it again uses the same.
  child.once('exit', (code) => void (code === 0 && removeTemporaryFolder(socketFolder)))
  return child
}

/** The last thing that was written by this process, or by any, for a message about why the server does not run. */
export async function lastWords(cluster: Cluster, pid?: number): Promise<string> {
  const lines = (await readFile(cluster.logFile, 'utf8').catch(() => '')).trimEnd().split('\n')
  // Of several that are started at once, all write into the same file.
  const own = lines.filter((line) => line.includes(`[${pid}]`))
  return (own.length > 0 ? own : lines).slice(-2).join(' ')
}

async function readPidFile(data: string): Promise<Postmaster | undefined> {
  const text = await readFile(pidFile(data), 'utf8').catch(() => '')
  const [pid, , , port, socketFolder] = text.split('\n')
  if (!pid || !port || !socketFolder) return undefined
  return { pid: Number(pid), port: Number(port), socketFolder }
}

/** Whether this process is a server on this data folder: after a reboot or in a new container a recorded pid may belong to anything. */
export async function isServerOf(data: string, pid: number): Promise<boolean> {
  const command = await commandOf(pid)
  return command.includes('postgres') && command.includes(data)
}

/** Empty where there is no such process, and for one that has ended and was not buried yet. */
async function commandOf(pid: number): Promise<string> {
  const command =
    process.platform === 'linux'
      ? readFile(`/proc/${pid}/cmdline`, 'utf8')
      : run('ps', ['-o', 'command=', '-p', String(pid)]).then((answer) => answer.stdout.replace(/^\(.*\)\s*$/, ''))
  return command.catch(() => '')
}

/** The server that was killed and has left its pid file. */
async function findDead(data: string): Promise<Postmaster | undefined> {
  const left = await readPidFile(data)
  return left === undefined || (await isServerOf(data, left.pid)) ? undefined : left
}

/**
 * A dead server's pid file stops the next one when its pid now belongs to another process. PostgreSQL takes a pid file naming
 * its own parent for stale, and still checks that no backend of the dead server holds its shared memory. To be called for such a
 * pid only: of several processes that start a killed server again, one could write over what another's server has just written.
 */
async function disown(dead: Postmaster, data: string): Promise<void> {
  const text = await readFile(pidFile(data), 'utf8')
  await writeFile(pidFile(data), text.replace(/^-?\d+/, String(process.pid)))
  await removeTemporaryFolder(dead.socketFolder)
}

function pidFile(data: string): string {
  return path.join(data, 'postmaster.pid')
}
