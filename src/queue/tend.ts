import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../log.ts'
import type { Presence } from './presence.ts'

/** Work that puts right what a crash may have left, told which workers live: safe to repeat, quick when nothing is wrong. */
export type Tender = { name: string; everyMs: number; tend: (living: number[]) => Promise<void> }

type TendDeps = { presence: Presence; log: Log; listWorkers: () => Promise<number[]> }

const tickMs = 250

/**
 * Calls every tender when its time has come, in one worker at a time; all of them at once when a worker has gone, for what its end
 * has left is what they look for. Gone is who is missing twice: one that only lost its connection is back by the second look. A
 * tender that throws is logged, and called again at its next time. Returns the function that ends this, after the tender at work.
 */
export function startTending(deps: TendDeps, tenders: Tender[]): () => Promise<void> {
  const end = new AbortController()
  const round = async () => {
    let due = dueNow(tenders)
    let seen: number[] | undefined
    let living: number[] = []
    const look = async () => {
      const [seenBefore, before] = [seen, living]
      seen = await deps.listWorkers()
      living = [...(seenBefore ?? []), ...seen]
      // Who is missing at two looks is not known by one.
      if (seenBefore === undefined) return
      if (before.some((worker) => !living.includes(worker))) due = dueNow(tenders)
      await tendDue(deps.log, due, living)
    }
    while (!end.signal.aborted) {
      await deps.presence.alone(look).catch(() => undefined)
      await sleep(tickMs, undefined, { signal: end.signal }).catch(() => undefined)
    }
  }
  const ended = round()
  return async () => {
    end.abort()
    await ended
  }
}

function dueNow(tenders: Tender[]): Map<Tender, number> {
  return new Map(tenders.map((tender) => [tender, 0]))
}

async function tendDue(log: Log, due: Map<Tender, number>, living: number[]): Promise<void> {
  for (const [tender, dueAt] of due) {
    if (performance.now() < dueAt) continue
    due.set(tender, performance.now() + tender.everyMs)
    await tender.tend(living).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      log.error({ code: 'queue.tend_failed', tender: tender.name, reason }, 'tending failed')
    })
  }
}
