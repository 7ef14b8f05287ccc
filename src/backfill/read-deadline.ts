import { z } from 'zod'
import { AppError } from '../errors.ts'

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 }
const isoTime = z.iso.datetime({ offset: true })

/**
 * A deadline as people write it: a time from now (`90m`, `6h`, `2d`), or a time with its zone. Throws `backfill.deadline` (422)
 * with what would be right. Pure.
 */
export function readDeadline(text: string, now: Date): Date {
  const [, number, unit] = /^(\d{1,4})(m|h|d)$/.exec(text.trim()) ?? []
  if (number !== undefined && (unit === 'm' || unit === 'h' || unit === 'd') && Number(number) > 0)
    return new Date(now.getTime() + Number(number) * unitMs[unit])
  if (!isoTime.safeParse(text).success) throw refused(`${JSON.stringify(text)} is no deadline`)
  const deadline = new Date(text)
  if (deadline <= now) throw refused(`the deadline ${deadline.toISOString()} is over`)
  return deadline
}

function refused(what: string): AppError {
  const right = 'give a time from now such as 90m, 6h or 2d, or one to come such as 2026-12-01T18:00:00Z'
  return new AppError('backfill.deadline', 'skip', `${what}: ${right}`, { status: 422 })
}
