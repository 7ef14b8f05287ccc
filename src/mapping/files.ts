import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { AppError } from '../errors.ts'
import { checkMappings } from './check-mappings.ts'
import { parseMapping } from './parse-mapping.ts'
import type { Problem } from './problem.ts'
import type { Mapping } from './types.ts'
import type { Kinds } from './unknown-targets.ts'

/**
 * Reads every `*.yaml` (and `*.yml`) that lies in these folders, in the order of their names: the mappings that are right,
 * and the problems of all files at once, those between files included. Throws `mapping.folder` where one cannot be read.
 */
export async function loadMappingFolders(
  folders: readonly string[],
  kinds: Kinds,
): Promise<{ mappings: Mapping[]; problems: Problem[] }> {
  const paths = (await Promise.all(folders.map(yamlFiles))).flat()
  const results = await Promise.all(paths.map(async (path) => parseMapping(await readFile(path, 'utf8'), path, kinds)))
  const mappings = results.flatMap((result) => ('mapping' in result ? [result.mapping] : []))
  const problems = results.flatMap((result) => ('problems' in result ? result.problems : []))
  return { mappings, problems: [...problems, ...checkMappings(mappings)] }
}

async function yamlFiles(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder)
    return names
      .filter((name) => ['.yaml', '.yml'].includes(extname(name)))
      .sort()
      .map((name) => join(folder, name))
  } catch (cause) {
    throw new AppError('mapping.folder', 'stop', `cannot read the folder of mapping files ${folder}`, { cause })
  }
}
