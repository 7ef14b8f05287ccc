import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../../db/index.ts'
import { leaseMeters, setMeters } from './meter-store.ts'
import { asksFor, type Cost, fits, newMeters, type PerMinute, renew, take, toSet, waitMs } from './meters.ts'
import { mayProbe, type Probe, type ProviderPause, readPause, takeProbe } from './provider-pause.ts'

/** A process leases turns for so long in one statement, however many calls there are; a crash loses no more than one lease. */
const leaseMs = 250

/** That somebody may go, by a `Probe` alone, to see whether a paused provider answers again; or why nobody may. */
export type Answer = 'go' | Probe | Refusal

/** Why a call is not made, told at once: it is held or its turn is far away for longer than it may wait, or the provider is paused. */
export type Refusal = { waitMs: number; isHeld: boolean } | { paused: ProviderPause }

export type Waiter = Cost & {
  db: Db
  longestWaitMs: number
  answer(answer: Answer): void
  fail(error: unknown): void
}

/** What the other side has said of its limits since the last lease was asked for; null: nothing. */
type Heard = { perMinute: PerMinute; remaining: PerMinute }

const nothing: Heard = { perMinute: { turns: null, units: null }, remaining: { turns: null, units: null } }

/** What all lines of a provider share in this process. */
export type Shared = {
  provider: string
  /** How many more background calls may be in flight. */
  room(): number
  enter(): void
  /** While it is being found out whether the provider answers at all, nobody else goes. */
  findingOut: Promise<void> | undefined
  beginProbe(): void
}

export type Line = {
  add(waiter: Waiter): void
  leave(waiter: Waiter): void
  /** Looks again who may go. */
  kick(): void
  /** Forgets the lease: what it said is out of date. */
  expire(): void
  /** Lets nobody go for so long, as this process knows before it has told the others. */
  hold(holdMs: number): void
  /** Takes over what the other side says of its limits, with the next lease. */
  saw(said: Heard): void
}

/** Those of this process who wait for one pace: first those whom somebody waits for, then background, each in order. */
export function openLine(shared: Shared, pace: string, caps: PerMinute): Line {
  const meters = newMeters(pace, caps)
  let waiting: Waiter[] = []
  let leasedAt = Number.NEGATIVE_INFINITY
  let expired = 0
  let heldUntil = Number.NEGATIVE_INFINITY
  let isPaused = false
  let heard = nothing
  let isAtWork = false

  const leave = (waiter: Waiter) => {
    waiting = waiting.filter((each) => each !== waiter)
  }
  const answer = (waiter: Waiter, what: Answer) => {
    leave(waiter)
    waiter.answer(what)
  }
  const isFresh = () => performance.now() < leasedAt + leaseMs
  const inOrder = () => [...waiting.filter((one) => !one.isBackground), ...waiting.filter((one) => one.isBackground)]

  /** Lets go who may, and returns who waits for a lease. Who waits for another call to end is looked at when it has. */
  const handOut = (): Waiter[] => {
    const isOpen = isFresh() && performance.now() >= heldUntil && !isPaused && shared.findingOut === undefined
    const rest = inOrder()
    for (let next = rest[0]; isOpen && next; next = rest[0]) {
      if ((next.isBackground && shared.room() < 1) || !fits(meters, next)) break
      rest.shift()
      take(meters, next)
      shared.enter()
      answer(next, 'go')
    }
    let room = shared.room()
    // What is refused needs no room.
    return rest.filter((one) => !one.isBackground || isPaused || room-- >= 1)
  }

  const expire = () => {
    expired += 1
    leasedAt = Number.NEGATIVE_INFINITY
  }

  const lease = async (db: Db, wanting: Waiter[]) => {
    const goesOn = performance.now() < leasedAt + 2 * leaseMs
    const before = expired
    // What is heard from here on waits for the next lease.
    const { perMinute, remaining } = heard
    heard = nothing
    const asks = asksFor(meters, wanting, { goesOn, remaining })
    let leased = await leaseMeters({ db }, { pace, provider: shared.provider }, asks)
    renew(meters, leased.meters)
    const limits = toSet(meters, perMinute)
    if (limits.length > 0) {
      await setMeters({ db }, limits)
      const again = asksFor(meters, wanting, { goesOn: false, remaining })
      leased = await leaseMeters({ db }, { pace, provider: shared.provider }, again)
      renew(meters, leased.meters)
    }
    // What was asked for before a pause was written, or a limit was known, does not know of it: it is given back with the next lease.
    leasedAt = expired === before ? performance.now() : Number.NEGATIVE_INFINITY
    if (leased.heldMs > 0) heldUntil = Math.max(heldUntil, performance.now() + leased.heldMs)
    isPaused = leased.isPaused
  }

  const refuseTooLong = () => {
    const heldMs = Math.ceil(heldUntil - performance.now())
    const ahead: Waiter[] = []
    for (const waiter of inOrder()) {
      ahead.push(waiter)
      // A background call waits its turn; one that somebody waits for is told how long that would take, as the next lease says it
      // where the last is over: meanwhile it may have come in.
      const turnMs = waiter.isBackground || !isFresh() ? 0 : Math.ceil(waitMs(meters, ahead))
      const tooLongMs = Math.max(heldMs, turnMs)
      if (tooLongMs > waiter.longestWaitMs) answer(waiter, { waitMs: tooLongMs, isHeld: heldMs >= turnMs })
    }
  }

  const refusePaused = async (db: Db) => {
    const pause = await readPause(db, shared.provider)
    if (!pause) return
    const eager = inOrder().find((each) => mayProbe(pause, { byHand: !each.isBackground }))
    const probe = eager ? await takeProbe({ db }, shared.provider, { byHand: !eager.isBackground }) : null
    const prober = eager && waiting.includes(eager) ? eager : inOrder()[0]
    if (probe && prober) {
      shared.beginProbe()
      shared.enter()
      answer(prober, probe)
    } else for (const waiter of inOrder()) answer(waiter, { paused: pause })
  }

  const work = async () => {
    if (isAtWork) return
    isAtWork = true
    try {
      for (;;) {
        refuseTooLong()
        const wanting = handOut()
        const [first] = wanting
        if (!first) return
        const restMs = Math.max(leasedAt + leaseMs, heldUntil) - performance.now()
        if (shared.findingOut) await shared.findingOut
        else if (restMs > 0) await sleep(restMs)
        else {
          await lease(first.db, wanting)
          if (isPaused) await refusePaused(first.db)
        }
      }
    } catch (error) {
      for (const waiter of inOrder()) {
        leave(waiter)
        waiter.fail(error)
      }
    } finally {
      isAtWork = false
    }
  }

  return {
    add(waiter) {
      waiting.push(waiter)
      void work()
      // At work already, it may be asleep until the next lease, of which this one holds enough for one more.
      if (isAtWork) handOut()
    },
    leave,
    kick() {
      if (isAtWork) handOut()
      else void work()
    },
    expire,
    hold(holdMs) {
      heldUntil = Math.max(heldUntil, performance.now() + holdMs)
      refuseTooLong()
    },
    saw({ perMinute, remaining }) {
      heard = { perMinute: newer(perMinute, heard.perMinute), remaining: newer(remaining, heard.remaining) }
      // The first that is heard of a limit counts at once; a correction, with the next lease.
      if (meters.some(({ kind, named }) => named === undefined && perMinute[kind] !== null)) expire()
    },
  }
}

function newer(said: PerMinute, before: PerMinute): PerMinute {
  return { turns: said.turns ?? before.turns, units: said.units ?? before.units }
}
