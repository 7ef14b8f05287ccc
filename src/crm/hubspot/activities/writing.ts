import type { ActivityOutcome } from '../../activities/contract.ts'
import type { CallCounts, CrmField } from '../../contract.ts'
import type { HubspotClient } from '../client.ts'
import { HubspotError } from '../errors.ts'

/** The activities of one object while they are written. */
export type Writing = {
  client: HubspotClient
  object: string
  counts: CallCounts | undefined
  /** Whether the account has our key on this object. */
  hasKey: boolean
  fieldsOf: (object: string) => Promise<CrmField[]>
  /** By key, as they are reached: what was written stays known when a later call fails. */
  outcomes: Map<string, ActivityOutcome>
}

export function settle(
  { outcomes }: Writing,
  key: string,
  outcome: ActivityOutcome['outcome'],
  activityId: string | null,
  why: { reason?: string | undefined; code?: string | undefined; retryAfterMs?: number | undefined } = {},
): void {
  const { reason, code, retryAfterMs } = why
  outcomes.set(key, {
    key,
    outcome,
    activityId,
    ...(reason !== undefined && { reason }),
    ...(code !== undefined && { code }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}

export function failure(error: unknown): HubspotError {
  if (error instanceof HubspotError) return error
  throw error
}
