import type { Db } from '../../db/index.ts'
import { openDay, openGate, pauseBucket } from '../../limits/index.ts'
import type { Log } from '../../log.ts'
import { dayEndsAt } from './day.ts'
import { HubspotError } from './errors.ts'
import { burstPauseMs, oursOf, rateOf, searchRate } from './pace.ts'

export type TurnOptions = {
  /** Names the buckets and the day that all processes share. */
  connection: string
  /** What the account's plan allows this app; a lower limit that HubSpot tells in its headers wins. */
  rate: { perTenSeconds: number }
  /** What of the burst and of the day is left to the other apps of the account. */
  othersPercent?: number
  /** The account's calls in a day, where HubSpot does not tell it (a public app's token); null: nobody knows. */
  perDay?: number | null
  /** The account's IANA zone, in which its day ends. */
  timeZone: () => string
}

/** A search draws on a bucket of its own, which no header tells of; both count against the day. */
export type Bucket = 'burst' | 'search'

/**
 * When each call of a connection may be made, for all processes: never more than HubSpot allows in any ten seconds, in any
 * second of searches, and in the account's day, of which background work leaves others their share.
 */
export function openTurns(deps: { db: Db; log: Log; now?: () => Date }, options: TurnOptions) {
  const { connection, othersPercent = 0, perDay = null } = options
  const { now = () => new Date() } = deps
  const buckets = { burst: `hubspot:${connection}`, search: `hubspot-search:${connection}` }
  const gates = { burst: openGate(deps, buckets.burst), search: openGate(deps, buckets.search) }
  const day = openDay(
    { ...deps, now },
    {
      connection,
      mostPerDay: perDay,
      endsAt: (at) => dayEndsAt(options.timeZone(), at),
      keptOf: ({ most }) => Math.ceil(((most ?? 0) * othersPercent) / 100),
      learnAfterMs: null,
    },
  )
  let perTenSeconds = options.rate.perTenSeconds
  let isUsedUp = false
  /** The last limit that HubSpot told. */
  let told: number | null = null

  return {
    /** What an answer's headers tell. The limit is the app's, so other users of the same token count too. */
    heed(headers: Headers): void {
      const max = Number(headers.get('x-hubspot-ratelimit-max'))
      if (max > 0) {
        told = max
        perTenSeconds = Math.min(options.rate.perTenSeconds, max)
      }
      isUsedUp = headers.get('x-hubspot-ratelimit-remaining') === '0'
      const [most, remaining] = ['daily', 'daily-remaining'].map((name) => headers.get(`x-hubspot-ratelimit-${name}`))
      if (most && remaining) day.tell({ most: Number(most), remaining: Number(remaining) })
    },

    /** Calls in ten seconds: as the settings have it, and as HubSpot told it last. */
    burst: () => ({ set: options.rate.perTenSeconds, told }),

    /** Waits until a call may be made. Throws `daily` where none may today. */
    async take(bucket: Bucket): Promise<void> {
      const hold = await day.take()
      if (hold) throw new HubspotError('daily', hold.why, { retryAfterMs: hold.until.getTime() - now().getTime() })
      if (isUsedUp && bucket === 'burst') {
        isUsedUp = false
        await pauseBucket(deps, buckets.burst, 1000)
      }
      await gates[bucket](bucket === 'search' ? searchRate : rateOf(oursOf(perTenSeconds, othersPercent)))
    },

    /** What a refusal means to all who share the limit. */
    async heedRefusal(failure: HubspotError, bucket: Bucket, attempt: number): Promise<void> {
      if (failure.kind === 'burst') await pauseBucket(deps, buckets[bucket], burstPauseMs(failure, attempt))
      if (failure.kind === 'secondly') await pauseBucket(deps, buckets[bucket], failure.detail.retryAfterMs ?? 1000)
      if (failure.kind === 'daily') await day.close()
    },
  }
}
