import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { AppError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { giveToServer, makeFolder, serverCanEnter, serverUser } from './server-user.ts'

/** The files of one server: `data` is PostgreSQL's own folder, `logFile` takes what it has to say. */
export type Cluster = { data: string; logFile: string; password: string }

export type ClusterOptions = { binaries: string; folder: string; log: Log; durable: boolean }

export const superuser = 'afterword'

const run = promisify(execFile)

/**
 * The cluster kept in `folder`, created at the first call. Any number of processes may ask at once: each prepares its own
 * out of sight, the first to put it in place wins, and the others take that one. Throws `db.initdb_failed`.
 */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const home = path.join(options.folder, 'postgres')
  await makeFolder(options.folder)
  if (!(await exists(home))) await createCluster(home, options)
  const place = await realpath(home)
  const password = await readFile(path.join(place, 'password'), 'utf8')
  return { data: path.join(place, 'data'), logFile: path.join(place, 'server.log'), password }
}

async function createCluster(home: string, options: ClusterOptions): Promise<void> {
  const within = await serverCanEnter(options.folder)
  const parent = within ? options.folder : '/var/lib/afterword'
  await makeFolder(parent)
  const prepared = await mkdtemp(path.join(parent, 'postgres-'))
  try {
    await initialise(prepared, options)
    await (within ? rename(prepared, home) : symlink(prepared, home))
    if (!within) options.log.warn({ kept_in: prepared }, 'the data folder is closed to the user PostgreSQL runs as')
  } catch (error) {
    await rm(prepared, { recursive: true, force: true })
    if (!(await exists(home))) throw error
  }
}

async function initialise(place: string, { binaries, durable }: ClusterOptions): Promise<void> {
  const data = path.join(place, 'data')
  const passwordFile = path.join(place, 'password')
  if (serverUser !== undefined) await chmod(place, 0o711)
  await mkdir(data, { mode: 0o700 })
  await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 })
  await Promise.all([giveToServer(data), giveToServer(passwordFile)])
  const access = ['-U', superuser, `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const settings = ['-D', data, ...access, ...locale, ...(durable ? [] : ['--no-sync'])]
  try {
    await run(path.join(binaries, 'bin/initdb'), settings, { cwd: '/', env: { LC_ALL: 'C' }, ...serverUser })
  } catch (cause) {
    throw new AppError('db.initdb_failed', 'stop', `PostgreSQL cannot create its files in ${data}`, { cause })
  }
}

async function exists(home: string): Promise<boolean> {
  return realpath(home).then(
    () => true,
    () => false,
  )
}
