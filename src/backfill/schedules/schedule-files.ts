import { basename } from 'node:path'
import { AppError } from '../../errors.ts'
import { type Problem, readMappingFile, yamlFiles } from '../../mapping/index.ts'
import { parseSchedule } from './parse-schedule.ts'
import type { Schedule } from './types.ts'

export type ScheduleFiles = {
  schedules: Schedule[]
  problems: Problem[]
  /** The names of all files that are there, right or not; null where a folder cannot be read, and nobody knows. */
  present: string[] | null
}

/**
 * Reads every `*.yaml` (and `*.yml`) in these folders: the backfills to repeat that are right, and the problems of all files. A name or
 * a file name that is there twice is reported at the later one. A folder that cannot be read is a problem, where `mayLack` is not said.
 */
export async function loadScheduleFolders(
  folders: readonly string[],
  { mayLack = false }: { mayLack?: boolean } = {},
): Promise<ScheduleFiles> {
  const schedules: Schedule[] = []
  const problems: Problem[] = []
  let present: string[] | null = []
  for (const folder of folders) {
    const paths = await yamlFiles(folder).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error
      present = null
      if (!mayLack) problems.push({ path: folder, line: 1, column: 1, message: error.message })
      return []
    })
    for (const path of paths) {
      const read = await parseFile(path)
      if ('problems' in read) problems.push(...read.problems)
      else {
        const quarrel = quarrelOf(read.schedule, schedules)
        if (quarrel === null) schedules.push(read.schedule)
        else problems.push({ path, line: 1, column: 1, message: quarrel })
      }
      present?.push(basename(path))
    }
  }
  return { schedules, problems, present }
}

/** Reads these files alone, each by itself. */
export async function readScheduleFiles(
  paths: readonly string[],
): Promise<Pick<ScheduleFiles, 'schedules' | 'problems'>> {
  const results = await Promise.all(paths.map(parseFile))
  return {
    schedules: results.flatMap((result) => ('schedule' in result ? [result.schedule] : [])),
    problems: results.flatMap((result) => ('problems' in result ? result.problems : [])),
  }
}

/** One that is deleted or locked while it is read is a problem of its own, not of the others. */
async function parseFile(path: string): Promise<ReturnType<typeof parseSchedule>> {
  try {
    return parseSchedule(await readMappingFile(path), path)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { problems: [{ path, line: 1, column: 1, message: error.message }] }
  }
}

function quarrelOf({ name, path }: Schedule, earlier: readonly Schedule[]): string | null {
  const named = earlier.find((each) => each.name === name)
  if (named) return `${named.path} has the same name "${name}"`
  const isThere = earlier.some((each) => basename(each.path) === basename(path))
  return isThere ? 'a file of this name lies in another of the folders too' : null
}
