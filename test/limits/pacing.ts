import { beforeEach, expect } from 'vitest'
import type { Db } from '../../src/db/index.ts'
import { openPacer, type Pacer, type PerMinute, type Refusal, type Turn, type TurnEnd } from '../../src/limits/index.ts'
import { createTestDatabase, twoPools } from '../support/database.ts'

export const provider = 'https://model.test#1'
const pace = `${provider} small`
const none: PerMinute = { turns: null, units: null }
export const ended: TurnEnd = { isOverloaded: false, perMinute: none, remaining: none, holdMs: 0, credit: 'answered' }

type Process = { db: Db; pacer: Pacer }

/** Two processes on a database of this test file, each with a pool of its own; no test finds anything of the one before. */
export async function openPacing() {
  const { db, url } = await createTestDatabase()
  const pools = twoPools(url)
  beforeEach(async () => {
    await db.deleteFrom('meters').execute()
    await db.deleteFrom('provider_pauses').execute()
    await db.deleteFrom('buckets').execute()
  })

  /** The two ask one provider, each with what it knows of it. */
  function twoProcesses(caps: PerMinute = none): [Process, Process] {
    const on = (pool: Db): Process => ({ db: pool, pacer: openPacer(provider, caps) })
    return [on(pools[0]), on(pools[1])]
  }

  return { db, pools, twoProcesses }
}

type Options = { units?: number; isBackground?: boolean; longestWaitMs?: number; signal?: AbortSignal }

/** Asks for a turn of 100 tokens in the background, with a minute's patience, unless told. */
export function ask({ db, pacer }: Process, options: Options = {}): Promise<{ turn: Turn } | Refusal> {
  return pacer.takeTurn({ db }, { pace, units: 100, isBackground: true, longestWaitMs: 60_000, ...options })
}

export async function turnOf(process: Process, options: Options = {}): Promise<Turn> {
  return turnIn(await ask(process, options))
}

export function turnIn(taken: { turn: Turn } | Refusal): Turn {
  if ('turn' in taken) return taken.turn
  throw new Error(`refused: ${JSON.stringify(taken)}`)
}

/** Callers that take one turn after another until the signal, each noting when it got it. */
export async function callers(
  process: Process,
  count: number,
  times: number[],
  options: Options & { signal: AbortSignal },
) {
  const caller = async () => {
    while (!options.signal.aborted) {
      const turn = await turnOf(process, options)
      times.push(performance.now())
      await turn.end(ended)
    }
  }
  await Promise.all(
    Array.from({ length: count }, () => caller().catch((error) => expect(error).toBe(options.signal.reason))),
  )
}

/** The most that came within any window of so long. */
export function mostWithin(times: number[], windowMs: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return Math.max(0, ...sorted.map((from, place) => sorted.slice(place).filter((at) => at < from + windowMs).length))
}
