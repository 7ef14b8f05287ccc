import { pino } from 'pino'

export type Log = {
  debug(fields: Record<string, unknown>, message: string): void
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
  error(fields: Record<string, unknown>, message: string): void
}

/**
 * One JSON line per request and per job, to standard error (or a file) so that a command's output stays clean.
 * Lines carry ids, counts and codes: never a transcript, a CRM value or a number.
 */
export function createLog(level: string, dest: number | string = 2): Log {
  return pino({ level, base: null }, pino.destination({ dest, sync: true }))
}
