import type { MeterAsk, MeterLease } from './meter-store.ts'

/** Turns, and what a turn takes beside (tokens), in a minute; null: no limit is known. */
export type PerMinute = { turns: number | null; units: number | null }

/** What a call takes. A background call pays both meters of a kind, one that somebody waits for only the whole. */
export type Cost = { units: number; isBackground: boolean }

/** This much of every limit is open to background calls, so that the others find room. */
const backgroundShare = 0.8

/** One meter as this process knows it. */
export type Meter = {
  name: string
  kind: 'turns' | 'units'
  isBackground: boolean
  cap: number | null
  /** What of the lease is left; infinite where nothing limits it. */
  held: number
  most: number
  level: number
  perSecond: number
  /** What the other side named; undefined where nobody has set the meter yet. */
  named: number | null | undefined
  /** What its own kind of calls has taken since the last lease: about as much will be wanted during the next. */
  used: number
}

/** The four meters of a pace: turns and units, each as a whole and for background calls. */
export function newMeters(pace: string, caps: PerMinute): Meter[] {
  return (['turns', 'units'] as const).flatMap((kind) =>
    [false, true].map((isBackground) => {
      const endless = Number.POSITIVE_INFINITY
      const cap = shareOf(caps[kind], isBackground)
      const lease = { held: endless, most: endless, level: endless, perSecond: endless, named: undefined, used: 0 }
      return { name: `${pace}/${kind}${isBackground ? '/background' : ''}`, kind, isBackground, cap, ...lease }
    }),
  )
}

function shareOf(perMinute: number | null, isBackground: boolean): number | null {
  return perMinute === null || !isBackground ? perMinute : perMinute * backgroundShare
}

function costOn({ kind, isBackground }: Meter, cost: Cost): number {
  if (isBackground && !cost.isBackground) return 0
  return kind === 'turns' ? 1 : cost.units
}

/** Whether what is held is enough for a call; one that takes more than a meter can hold goes when it is full. */
export function fits(meters: Meter[], cost: Cost): boolean {
  return meters.every((meter) => meter.held >= Math.min(costOn(meter, cost), meter.most))
}

export function take(meters: Meter[], cost: Cost): void {
  for (const meter of meters) {
    meter.held -= costOn(meter, cost)
    if (meter.isBackground === cost.isBackground) meter.used += costOn(meter, cost)
  }
}

/** What to ask for those who wait, and for as many as came lately where `goesOn`; `remaining` is what the other side said is left. */
export function asksFor(
  meters: Meter[],
  waiting: readonly Cost[],
  { goesOn, remaining }: { goesOn: boolean; remaining: PerMinute },
): MeterAsk[] {
  return meters.map((meter) => {
    const own = waiting.filter((cost) => cost.isBackground === meter.isBackground)
    const wanted = own.reduce((sum, cost) => sum + costOn(meter, cost), goesOn ? meter.used : 0)
    const held = Number.isFinite(meter.held) ? meter.held : 0
    return {
      meter: meter.name,
      kind: meter.kind,
      isBackground: meter.isBackground,
      wanted,
      held,
      cap: meter.cap,
      remaining: meter.isBackground ? null : remaining[meter.kind],
    }
  })
}

/** Takes over what was leased; a meter that nobody has set limits nothing. */
export function renew(meters: Meter[], leases: readonly MeterLease[]): void {
  for (const meter of meters) {
    const lease = leases.find((each) => each.meter === meter.name)
    const { granted = Infinity, most = Infinity, level = Infinity, perSecond = Infinity, named } = lease ?? {}
    Object.assign(meter, { held: granted, most, level, perSecond, named, used: 0 })
  }
}

/** The meters to set: where another limit was seen than is known, or one is only in the settings. */
export function toSet(meters: Meter[], seen: PerMinute): { meter: string; named: number | null }[] {
  return meters.flatMap(({ name, kind, isBackground, cap, named }) => {
    const limit = shareOf(seen[kind], isBackground)
    const isNew = limit === null ? named === undefined && cap !== null : limit !== named
    return isNew ? [{ meter: name, named: limit }] : []
  })
}

/** How long a call that needs so much at the head of those who wait has to wait for it at the earliest. */
export function waitMs(meters: Meter[], ahead: readonly Cost[]): number {
  return Math.max(
    0,
    ...meters.map((meter) => {
      const needed = ahead.reduce((sum, cost) => sum + Math.min(costOn(meter, cost), meter.most), 0)
      const short = needed - meter.held - meter.level
      return needed > 0 && short > 0 ? (short / meter.perSecond) * 1000 : 0
    }),
  )
}
