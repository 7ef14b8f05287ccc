import type { Db } from '../../db/index.ts'
import { pauseBucket } from '../bucket-store.ts'
import { type Adaptive, adapt, unbounded } from './adapt.ts'
import type { Cost, PerMinute } from './meters.ts'
import { type Answer, type Line, openLine, type Refusal, type Shared, type Waiter } from './open-line.ts'
import { liftPause, type Probe, type ProviderPause, pauseProvider } from './provider-pause.ts'

/** What came of a call, as far as it concerns the calls after it. */
export type TurnEnd = {
  isOverloaded: boolean
  /** Limits and what is left of them, where the other side named them. */
  perMinute: PerMinute
  remaining: PerMinute
  /** How long the other side wants nobody to ask for the same. */
  holdMs: number
  /** `refused`: out of credit, says `why`. `answered`: it is there. `unknown`: neither is known. */
  credit: 'answered' | 'unknown' | { refused: string }
}

/** Leave to make one call. It ends once, whatever came of it; out of credit, the pause that stands now is returned. */
export type Turn = { end(end?: TurnEnd): Promise<ProviderPause | null> }

export type Pacer = {
  provider: string
  /**
   * Waits for leave to make a call of this pace, `longestWaitMs` at most where the wait is known. An abort ends the wait with
   * the signal's reason.
   */
  takeTurn(
    deps: { db: Db },
    call: Cost & { pace: string; longestWaitMs: number; signal?: AbortSignal },
  ): Promise<{ turn: Turn } | Refusal>
}

const noLimit: PerMinute = { turns: null, units: null }
const nothingKnown: TurnEnd = {
  isOverloaded: false,
  perMinute: noLimit,
  remaining: noLimit,
  holdMs: 0,
  credit: 'unknown',
}

/**
 * This process's share in how fast one provider is asked: limits, holds and pauses are shared with all processes through the
 * database, how many calls are in flight at once is found out by each for itself. `caps` hold for each pace.
 */
export function openPacer(provider: string, caps: PerMinute = noLimit): Pacer {
  const lines = new Map<string, Line>()
  let adaptive: Adaptive = unbounded
  let inFlight = 0
  let found = () => {}
  const shared: Shared = {
    provider,
    room: () => Math.max(0, Math.floor(adaptive.most) - inFlight),
    enter: () => {
      inFlight += 1
    },
    findingOut: undefined,
    beginProbe() {
      if (shared.findingOut) return
      shared.findingOut = new Promise((resolve) => {
        found = resolve
      })
    },
  }
  const endProbe = () => {
    shared.findingOut = undefined
    found()
  }
  const lineOf = (pace: string) => {
    const line = lines.get(pace) ?? openLine(shared, pace, caps)
    lines.set(pace, line)
    return line
  }

  const openTurn = (db: Db, pace: string, probe: Probe | null): Turn => {
    const startedAt = performance.now()
    const line = lineOf(pace)
    let isOver = false
    return {
      async end({ isOverloaded, perMinute, remaining, holdMs, credit } = nothingKnown) {
        if (isOver) return null
        isOver = true
        const now = performance.now()
        adaptive = adapt(adaptive, { isOverloaded, startedAt, inFlight, now })
        inFlight -= 1
        line.saw({ perMinute, remaining })
        if (holdMs > 0) line.hold(holdMs)
        const refused = typeof credit === 'object' ? credit.refused : null
        // Until the others can read it, nobody of this process asks either.
        if (refused !== null) shared.beginProbe()
        try {
          if (holdMs > 0) await pauseBucket({ db }, pace, holdMs)
          if (refused !== null) return await pauseProvider({ db }, provider, { why: refused, probe })
          if (probe && credit === 'answered') await liftPause({ db }, provider)
          return null
        } finally {
          const isNews = probe !== null || refused !== null
          if (isNews) for (const each of lines.values()) each.expire()
          if (isNews) endProbe()
          for (const each of lines.values()) each.kick()
        }
      },
    }
  }

  return {
    provider,
    async takeTurn({ db }, { pace, signal, ...call }) {
      signal?.throwIfAborted()
      const line = lineOf(pace)
      const answer = await new Promise<Answer>((resolve, reject) => {
        const waiter: Waiter = { ...call, db, answer: settle(resolve), fail: settle(reject) }
        const stop = () => {
          line.leave(waiter)
          reject(signal?.reason)
        }
        function settle<T>(end: (with_: T) => void) {
          return (what: T) => {
            signal?.removeEventListener('abort', stop)
            end(what)
          }
        }
        signal?.addEventListener('abort', stop, { once: true })
        line.add(waiter)
      })
      if (typeof answer === 'object') return answer
      return { turn: openTurn(db, pace, answer === 'go' ? null : answer) }
    },
  }
}
