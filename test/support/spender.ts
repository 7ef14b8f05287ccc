import type { Kysely } from 'kysely'
import { type Actor, startRun } from '../../src/audit/index.ts'
import { type Database, type Db, transact } from '../../src/db/index.ts'
import type { SpendingLimits } from '../../src/limits/index.ts'
import { endAttempts, noUsage } from '../../src/model/index.ts'
import type { ModelFacts, PriceTable } from '../../src/model/prices.ts'
import { startAttempt } from '../../src/model/start-attempt.ts'

const nobody: Actor = { kind: 'cli', name: 'test' }
const none = { usdPerDay: null, usdPerMonth: null }

/** Limits of a test: none but those given. */
export function limitsOf(differences: Partial<SpendingLimits> = {}): SpendingLimits {
  return { installation: none, trigger: none, ...differences }
}

export function perDay(usdPerDay: number) {
  return { ...none, usdPerDay }
}

export function perMonth(usdPerMonth: number) {
  return { ...none, usdPerMonth }
}

/** Spends under these limits, as model calls do, but asks nobody. `clock.now` is what the clock says. */
export function spender(db: Db, limits: SpendingLimits, clock = { now: new Date() }) {
  const deps = { db, now: () => clock.now, model: { limits } }
  return {
    deps,
    clock,
    run: (actor = nobody, key?: string) =>
      transact(db, (trx) =>
        startRun(trx, { kind: 'rerun', actor, reason: 'test', ...(key === undefined ? {} : { key }) }),
      ),
    start: (runId: number, atMostUsd: number | null, model = 'gpt-6-luna') =>
      startAttempt(deps, { purpose: 'analysis', conversationId: null, runId, model, atMostUsd }),
    end: (id: number, costUsd: number | null) =>
      endAttempts(db, [{ id, outcome: 'ok', requestId: null, usage: noUsage, costUsd }]),
  }
}

/** The budgets there are, each with what it holds. */
export function budgetsOf(db: Kysely<Database>) {
  return db
    .selectFrom('budgets')
    .select(['scope', 'period', 'starts_on', 'reserved_usd', 'spent_usd'])
    .orderBy('scope')
    .orderBy('period')
    .orderBy('starts_on')
    .execute()
}

/** The same prices, so many times. */
export function dearer(prices: PriceTable, times: number): PriceTable {
  const scale = (price: NonNullable<ModelFacts['price']>) => ({
    inputUsd: price.inputUsd * times,
    cachedUsd: price.cachedUsd * times,
    cacheWriteUsd: price.cacheWriteUsd === null ? null : price.cacheWriteUsd * times,
    outputUsd: price.outputUsd * times,
  })
  return new Map([...prices].map(([name, facts]) => [name, { ...facts, price: facts.price && scale(facts.price) }]))
}
