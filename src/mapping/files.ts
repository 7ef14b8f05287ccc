import { readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { AppError } from '../errors.ts'
import { checkMappings } from './check-mappings.ts'
import { parseMapping } from './parse-mapping.ts'
import type { Problem } from './problem.ts'
import type { Mapping } from './types.ts'
import type { Kinds } from './unknown-targets.ts'

/**
 * Reads every `*.yaml` (and `*.yml`) that lies in these folders, in the order of their names: the mappings that are right,
 * and the problems of all files at once, those between files included. Throws `mapping.folder` and `mapping.file` where one
 * cannot be read.
 */
export async function loadMappingFolders(
  folders: readonly string[],
  kinds: Kinds,
): Promise<{ mappings: Mapping[]; problems: Problem[] }> {
  const paths = (await Promise.all(folders.map(yamlFiles))).flat()
  const results = await Promise.all(paths.map(async (path) => parseMapping(await readMappingFile(path), path, kinds)))
  const mappings = results.flatMap((result) => ('mapping' in result ? [result.mapping] : []))
  const problems = results.flatMap((result) => ('problems' in result ? result.problems : []))
  return { mappings, problems: [...problems, ...checkMappings(mappings)] }
}

/** By its name; what editors and systems leave beside a file starts with a dot (`.#contacts.yaml`, `._contacts.yaml`). Pure. */
export function isMappingFile(name: string): boolean {
  return !name.startsWith('.') && ['.yaml', '.yml'].includes(extname(name))
}

/** The paths of the YAML files that lie in a folder, in the order of their names. Throws `mapping.folder` where it cannot be read. */
export async function yamlFiles(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder)
    return names
      .filter(isMappingFile)
      .sort()
      .map((name) => join(folder, name))
  } catch (cause) {
    throw new AppError('mapping.folder', 'stop', `cannot read the folder ${folder}`, { cause })
  }
}

/** The text of one file. Throws `mapping.file` where it cannot be read. */
export async function readMappingFile(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new AppError('mapping.file', 'stop', `${path} cannot be read: ${cause.code ?? cause.message}`, { cause })
  })
}

/** Writes a file that is not there yet. Throws `mapping.file` where there is one, or none can be written. */
export async function createMappingFile(path: string, text: string): Promise<void> {
  await writeFile(path, text, { flag: 'wx', flush: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new AppError('mapping.file', 'stop', `${path} cannot be written: ${cause.code ?? cause.message}`, { cause })
  })
}

/**
 * Replaces a file that was read as `before`, whole or not at all: nobody who reads meanwhile sees half of it. Throws
 * `mapping.changed` where somebody else has saved it since, and `mapping.file` where it cannot be written.
 */
export async function saveMappingFile(path: string, before: string, after: string): Promise<void> {
  if ((await readMappingFile(path)) !== before) {
    const message = `${path} was changed by somebody else in between: nothing is written, do it again`
    throw new AppError('mapping.changed', 'stop', message)
  }
  // Behind a symbolic link the file itself: a rename would put a file in the place of the link.
  const target = await realpath(path)
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`)
  try {
    const { mode } = await stat(target)
    await writeFile(temporary, after, { mode, flush: true })
    await rename(temporary, target)
  } catch (cause) {
    await rm(temporary, { force: true })
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('mapping.file', 'stop', `${path} cannot be written: ${why}`, { cause })
  }
}
