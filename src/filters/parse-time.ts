import { z } from 'zod'

const isoTime = z.union([z.iso.date(), z.iso.datetime({ offset: true })])

/**
 * Epoch ms of an ISO date (`2026-01-31` is its midnight in UTC) or of a time with a zone; null for anything else.
 * A time without a zone is refused: it would mean another moment on every machine.
 */
export function parseTime(text: string): number | null {
  return isoTime.safeParse(text).success ? Date.parse(text) : null
}
