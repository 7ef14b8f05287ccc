import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog, type Log } from '../../src/log.ts'

/** Where the worlds of a test run leave their logs, for the processes of its workers. */
const variable = 'AFTERWORD_TEST_LOGS'

/**
 * What stands in no log, whatever happens: tokens, and what the tests plant as a person's: numbers, e-mails, what was said and
 * what fields hold.
 */
const planted: [name: string, pattern: RegExp][] = [
  ['a token', /sandbox-hubspot|sandbox-salesforce-secret|sandbox-model\b|pat-na1-test|00D\w{12,15}!/],
  ['a number', /\+?1?[ (-]*(206|212|303|415|702)[ )-]*555[ -]?\d{4}/],
  ['an e-mail', /[\w.+-]+@[\w-]+\.(com|org|net)/],
  ['what was said', /I want the \w+ plan|My goal is|What was said, the program says/],
  ['what a field held', /typed \d+ |tag\d+;/],
]

/** The first planted value in a line of a log, by its kind; null where there is none. */
export function leakIn(line: string): string | null {
  return planted.find(([, pattern]) => pattern.test(line))?.[0] ?? null
}

/** One for all worlds of this process: a log has its file open as long as the process lives. */
let watched: Log | undefined

/** A log as the product writes it, and once more at its most talkative level where the run reads it. */
export function watchedLog(level: string): Log {
  const log = createLog(level)
  const folder = process.env[variable]
  if (folder === undefined) return log
  watched ??= createLog('debug', join(folder, `${process.pid}.log`))
  const all = watched
  const both = (name: keyof Log) => (fields: Record<string, unknown>, message: string) => {
    log[name](fields, message)
    all[name](fields, message)
  }
  return { debug: both('debug'), info: both('info'), warn: both('warn'), error: both('error') }
}

/** Has all worlds from now on leave their logs; the answer reads them, and throws where anything planted stands in them. */
export function watchLogs(): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'afterword-test-logs-'))
  process.env[variable] = folder
  return async () => {
    const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    rmSync(folder, { recursive: true })
    const leaks = lines.flatMap((line) => {
      const leak = leakIn(line)
      return leak === null ? [] : [`${leak}: ${line.slice(0, 2_000)}`]
    })
    if (leaks.length > 0)
      throw new Error(`${leaks.length} lines of the logs tell too much:\n${leaks.slice(0, 5).join('\n')}`)
  }
}
