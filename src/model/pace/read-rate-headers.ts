import type { PerMinute } from '../../limits/index.ts'

/** What a response says of the limits of its model: in a minute, left now, and how long until all of it is free again, in ms. */
export type RateHeaders = { perMinute: PerMinute; remaining: PerMinute; resetMs: PerMinute }

/**
 * Reads the `x-ratelimit-*` headers of OpenAI, which many others send too; null where one is missing or odd. Groq means requests
 * of a day by it: then the limit is only too high, and a 429 corrects it. Each is read when it is asked for. Pure.
 */
export function readRateHeaders(headers: Headers | undefined): RateHeaders {
  const pair = (what: string, read: (text: string) => number | null): PerMinute => {
    const of = (kind: string) => read(headers?.get(`x-ratelimit-${what}-${kind}`)?.trim() ?? '')
    return { turns: of('requests'), units: of('tokens') }
  }
  return {
    get perMinute() {
      const limits = pair('limit', readCount)
      // A limit of nothing is none: some proxies send 0 or -1 for `unlimited`.
      return { turns: limits.turns || null, units: limits.units || null }
    },
    get remaining() {
      return pair('remaining', readCount)
    },
    get resetMs() {
      return pair('reset', readDuration)
    },
  }
}

/** How long to wait by the limits that are used up, where any is and says so. */
export function resetOfUsedUp({ remaining, resetMs }: RateHeaders): number | undefined {
  const waits = (['turns', 'units'] as const).flatMap((kind) =>
    remaining[kind] === 0 && resetMs[kind] !== null ? [resetMs[kind]] : [],
  )
  return waits.length > 0 ? Math.max(...waits) : undefined
}

function readCount(text: string): number | null {
  return /^\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : null
}

const duration = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/
const unitsMs = [86_400_000, 3_600_000, 60_000, 1_000, 1]

/** `6m0s`, `1s`, `120ms`, `1h2m3.5s`, in ms; a bare number is seconds. */
function readDuration(text: string): number | null {
  if (readCount(text) !== null) return Number(text) * 1_000
  const parts = duration.exec(text)
  if (!parts || text === '') return null
  return unitsMs.reduce((sum, unitMs, place) => sum + Number(parts[place + 1] ?? 0) * unitMs, 0)
}
