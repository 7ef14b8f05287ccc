import { createHash } from 'node:crypto'
import { parseFilter } from '../../filters/index.ts'
import { describeIssue, type Locate, type Problem, readYaml } from '../../mapping/index.ts'
import { fileSchema, type ScheduleFile } from './file-schema.ts'
import { parseEvery } from './parse-every.ts'
import { planInputOf } from './plan-input-of.ts'
import type { Schedule } from './types.ts'

/** Reads the file of a backfill that repeats. Returns it, or every problem at once in the order of the file. Never throws; `path` only names the file. */
export function parseSchedule(text: string, path: string): { schedule: Schedule } | { problems: Problem[] } {
  const { misprints, content } = readYaml(text)
  if (content === null) return { problems: inOrder(path, misprints) }
  const { locate } = content
  const file = withNullKeys(content.file)
  const parsed = fileSchema.safeParse(file)
  const mistakes = [
    ...misprints,
    ...(parsed.error?.issues ?? [])
      .flatMap((issue) => describeIssue(issue, file, fileSchema))
      .map(({ path: at, isKey, message }) => ({ ...locate(at, isKey), message })),
    ...filterMistakes(file, locate),
    ...clashes(file, locate),
  ]
  const every = parsed.success ? parseEvery(parsed.data.every) : null
  if (mistakes.length > 0 || !parsed.success || every === null) return { problems: inOrder(path, mistakes) }
  return { schedule: toSchedule(parsed.data, every, { path, text }) }
}

function toSchedule(
  file: ScheduleFile,
  every: Schedule['every'],
  { path, text }: Pick<Schedule, 'path' | 'text'>,
): Schedule {
  const { name, enabled, every: rhythm, time_zone: zone, cap = null } = file
  const hash = createHash('sha256').update(text).digest('hex')
  return { name, path, text, hash, enabled, every, rhythm, zone, cap, planAt: (at) => planInputOf(file, at) }
}

type Mistake = Omit<Problem, 'path'>

/** Which moment it is read for makes no difference to what is wrong. */
function filterMistakes(file: unknown, locate: Locate): Mistake[] {
  const filter = valueAt(file, 'filter')
  if (!isObject(filter)) return []
  const parsed = parseFilter(filter, { clock: { now: new Date(), zone: 'UTC' } })
  if ('filter' in parsed) return []
  return parsed.errors.map(({ path, message }) => {
    return { ...locate(['filter', ...path], /^unknown (key|test)/.test(message)), message }
  })
}

function clashes(file: unknown, locate: Locate): Mistake[] {
  const isMapping = valueAt(file, 'mapping_only') === true
  const stray = isMapping ? ['canary'] : ['mapping', 'fields']
  return stray.flatMap((key) => {
    if (valueAt(file, key) === undefined) return []
    const message = isMapping
      ? 'leave "canary" out: what asks no model is planned exactly'
      : `"${key}" goes with "mapping_only: true"`
    return [{ ...locate([key], true), message }]
  })
}

function valueAt(file: unknown, key: string): unknown {
  return typeof file === 'object' && file !== null ? Reflect.get(file, key) : undefined
}

/** A threshold goes by the name `null`, which YAML takes for no name at all unless it has quotes. */
function withNullKeys(file: unknown): unknown {
  const canary = valueAt(file, 'canary')
  return isObject(file) && isObject(canary) ? { ...file, canary: named(canary) } : file
}

function named(value: object): object {
  const entries = Object.entries(value)
  return Object.fromEntries(entries.map(([key, each]) => [key || 'null', isObject(each) ? named(each) : each]))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function inOrder(path: string, mistakes: Mistake[]): Problem[] {
  return mistakes.map((mistake) => ({ path, ...mistake })).sort((a, b) => a.line - b.line || a.column - b.column)
}
