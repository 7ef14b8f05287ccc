import type { HttpReply, HttpRoute } from '../http.ts'
import { asNumber, asObject, asText } from '../json.ts'
import { FAULT_KINDS, type FaultOrder, isFaultKind } from './faults.ts'
import { type Journal, newJournal } from './journal.ts'
import type { ModelState } from './state.ts'

/** The switches of a model sandbox; the same four stand under /__admin. */
export type ModelAdmin = {
  /** What was asked since the start or the last reset: a copy. */
  state(): Journal
  /** Orders a fault; it waits behind those ordered before. */
  fault(order: FaultOrder): void
  set(settings: { latencyMs?: number; flexLatencyMs?: number }): void
  /** Forgets requests, waiting faults and the prompt cache; settings stay. Requests in flight are booked nowhere. */
  reset(): void
}

export function adminOf(state: ModelState): ModelAdmin {
  return {
    state: () => structuredClone(state.journal),
    fault(order) {
      state.faults.push({ ...order, times: order.times ?? 1, seen: 0 })
    },
    set({ latencyMs = state.latencyMs, flexLatencyMs = state.flexLatencyMs }) {
      Object.assign(state, { latencyMs, flexLatencyMs })
    },
    reset() {
      state.journal = newJournal()
      state.faults.length = 0
      state.cache.clear()
    },
  }
}

export function adminRoutes(admin: ModelAdmin): HttpRoute[] {
  return [
    { method: 'GET', path: '/__admin/state', answer: () => ({ status: 200, body: admin.state() }) },
    { method: 'POST', path: '/__admin/faults', answer: ({ body }) => orderFault(admin, body) },
    { method: 'POST', path: '/__admin/settings', answer: ({ body }) => changeSettings(admin, body) },
    {
      method: 'POST',
      path: '/__admin/reset',
      answer() {
        admin.reset()
        return DONE
      },
    },
  ]
}

const DONE: HttpReply = { status: 200, body: { ok: true } }

function orderFault(admin: ModelAdmin, body: unknown): HttpReply {
  const { kind, times, everyNth, match, status, retryAfterSeconds } = asObject(body)
  if (!isFaultKind(kind)) return { status: 400, body: { message: `kind must be one of ${FAULT_KINDS.join(', ')}` } }
  admin.fault({
    kind,
    times: asNumber(times),
    everyNth: asNumber(everyNth),
    match: asText(match),
    status: asNumber(status),
    retryAfterSeconds: asNumber(retryAfterSeconds),
  })
  return DONE
}

function changeSettings(admin: ModelAdmin, body: unknown): HttpReply {
  const given = asObject(body)
  const names = (['latencyMs', 'flexLatencyMs'] as const).filter((name) => given[name] !== undefined)
  const pairs = names.map((name) => [name, asNumber(given[name]) ?? -1] as const)
  if (pairs.length === 0 || pairs.some(([, ms]) => ms < 0)) {
    return { status: 400, body: { message: 'latencyMs or flexLatencyMs must be a number of milliseconds, 0 or more' } }
  }
  admin.set(Object.fromEntries(pairs))
  return DONE
}
