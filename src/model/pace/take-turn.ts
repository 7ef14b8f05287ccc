import type { Db } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import type { ProviderPause, Refusal, Turn } from '../../limits/index.ts'
import type { Model } from '../client.ts'
import type { Tier } from '../completion.ts'

/** `interactive`: somebody waits for the answer. Everything else is background, and leaves it room. */
export type Priority = 'interactive' | 'background'

/**
 * Waits until a model may be asked once, among all processes. Throws `model.rate_limited` (retry) where the wait would be longer
 * than we wait here, `model.quota` (stop) while the provider is out of credit, and the signal's reason.
 */
export async function takeTurn(
  { db, model }: { db: Db; model: Model },
  call: { model: string; tokens: number; priority: Priority; tier: Tier; signal: AbortSignal | undefined },
): Promise<Turn> {
  const { signal } = call
  const pacer = call.tier === 'flex' ? model.flex.pacer : model.pacer
  const taken = await pacer.takeTurn(
    { db },
    {
      pace: `${pacer.provider} ${call.model}`,
      units: call.tokens,
      isBackground: call.priority === 'background',
      longestWaitMs: model.pace.longestWaitMs,
      ...(signal && { signal }),
    },
  )
  if ('turn' in taken) return taken.turn
  throw refusalError(taken)
}

function refusalError(refusal: Refusal): AppError {
  if ('paused' in refusal) return outOfCredit(refusal.paused)
  const { waitMs, isHeld } = refusal
  const seconds = Math.ceil(waitMs / 1000)
  const message = isHeld
    ? `the model provider asked to slow down: it is asked again in ${seconds} s`
    : `so much waits for the model provider's rate that a turn comes in ${seconds} s`
  return new AppError('model.rate_limited', 'retry', message, { status: 503, retryAfterMs: waitMs })
}

/** The error of a call that is not made, or was refused, because the provider is out of credit; says when it is asked again. */
export function outOfCredit({ why, since, retryMs }: ProviderPause, facts?: Record<string, unknown>): AppError {
  const retryAfterMs = Math.max(0, Math.ceil(retryMs))
  const again = new Date(Date.now() + retryAfterMs).toISOString().replace(/\..*$/, 'Z')
  const message = `${why} (since ${since.toISOString().replace(/\..*$/, 'Z')}); it is asked again at ${again}, or by the next rerun`
  return new AppError('model.quota', 'stop', message, { status: 502, retryAfterMs, ...(facts && { facts }) })
}
