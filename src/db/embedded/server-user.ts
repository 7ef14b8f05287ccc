import { chmod, chown, lstat, mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** PostgreSQL refuses to run as root. There it runs as `nobody`: the one id that every system keeps free of privileges. */
export const serverUser = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined

const temporaryPrefix = 'afterword-'

/** Hands a file or folder to the user the server runs as; nothing to do when that is the user we are. */
export async function giveToServer(target: string): Promise<void> {
  if (serverUser !== undefined) await chown(target, serverUser.uid, serverUser.gid)
}

/** Whether the server's user can pass through every folder down to this one; root's home, for instance, is closed to others. */
export async function serverCanEnter(folder: string): Promise<boolean> {
  if (serverUser === undefined) return true
  const { mode } = await stat(folder)
  if ((mode & 0o001) === 0) return false
  return folder === path.dirname(folder) || serverCanEnter(path.dirname(folder))
}

/** Creates a folder of ours with its parents: closed to others, but for the server's user, who may pass through it. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (serverUser !== undefined) await chmod(folder, 0o711)
}

/** A new temporary folder that the server can enter, its path short enough for a socket in it (107 bytes, on macOS 103). */
export async function makeTemporaryFolder(): Promise<string> {
  const usable = tmpdir().length < 70 && (await serverCanEnter(tmpdir()))
  const folder = await mkdtemp(path.join(usable ? tmpdir() : '/tmp', temporaryPrefix))
  if (serverUser !== undefined) await chmod(folder, 0o711)
  return folder
}

/** The same at a place where there was one before. */
export async function makeTemporaryFolderAt(folder: string): Promise<string> {
  await makeFolder(folder)
  await giveToServer(folder)
  return folder
}

/** Whether a folder made by `makeTemporaryFolder` is still there: others can put something of their own in its place. */
export async function isTemporaryFolder(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined)
  const isServers = found?.isDirectory() === true && found.uid === (serverUser?.uid ?? process.getuid?.())
  return isServers && path.basename(folder).startsWith(temporaryPrefix)
}

/** Removes a folder made by `makeTemporaryFolder`, and no other: the path may have been read from a file. */
export async function removeTemporaryFolder(folder: string): Promise<void> {
  if (path.basename(folder).startsWith(temporaryPrefix)) await rm(folder, { recursive: true, force: true })
}
