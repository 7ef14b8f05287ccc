/** How many background calls may be in flight at once, and when that was last lowered (`performance.now()`, ms). */
export type Adaptive = { most: number; loweredAt: number }

/** Until something is overloaded, only what callers bring at once bounds them. */
export const unbounded: Adaptive = { most: Number.POSITIVE_INFINITY, loweredAt: Number.NEGATIVE_INFINITY }

/**
 * Additive increase, multiplicative decrease, as TCP does it (RFC 5681 section 3.1, and Chiu and Jain 1989 for why it is fair among
 * processes that know nothing of each other): half of what is in flight after a sign of overload, one more after each full round
 * without. Like there, calls begun before it was lowered say nothing new, and who does not use what is allowed gets no more. Pure.
 */
export function adapt(
  state: Adaptive,
  call: { isOverloaded: boolean; startedAt: number; inFlight: number; now: number },
): Adaptive {
  const { isOverloaded, startedAt, inFlight, now } = call
  if (!isOverloaded) return inFlight < Math.floor(state.most) ? state : { ...state, most: state.most + 1 / state.most }
  if (startedAt < state.loweredAt) return state
  return { most: Math.max(1, Math.floor(Math.min(state.most, inFlight) / 2)), loweredAt: now }
}
