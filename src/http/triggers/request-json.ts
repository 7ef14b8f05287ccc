import { z } from '@hono/zod-openapi'
import type { RequestStatus, TriggerRequest, WantedConversations } from '../../triggers/index.ts'
import { cellSchema, toCellJson } from '../cell-json.ts'

const isoTime = z.iso.datetime().nullable()
const stateSchema = z.enum(['waiting', 'running', 'parked', 'done', 'refused', 'failed'])

const accepted = { id: z.string(), state: stateSchema, message: z.string(), status_url: z.string() }

/** Flat, and without unions: Salesforce's External Services read no more than that (reference/crm.md 5). */
export const acceptedSchema = z.object(accepted).openapi('TriggerAccepted')

const request = {
  ...accepted,
  reason: z.string().nullable(),
  connection: z.string(),
  object: z.string(),
  record_id: z.string(),
  conversations: z.enum(['latest', 'all', 'since']),
  since: isoTime,
  most: z.number(),
  run_id: z.number().nullable(),
  left_out: z.number().openapi({ description: 'older conversations that `most` leaves out' }),
  requested_at: z.iso.datetime(),
  next_try_at: isoTime,
  ended_at: isoTime,
}

export const requestSchema = z.object(request).openapi('TriggerRequest')

const outcomeSchema = z.object({
  conversation_id: z.string(),
  kind: z.enum(['call', 'chat']),
  spoken_at: z.iso.datetime(),
  outcome: z.string().nullable().openapi({ description: 'null until it has been rerun' }),
  reason: z.string().nullable(),
  analysis_number: z.number().nullable(),
  cached: z.boolean(),
  cost_usd: z.number(),
})

export const statusSchema = z
  .object({ ...request, outcomes: z.array(outcomeSchema), fields: z.array(cellSchema) })
  .openapi('TriggerStatus')

export const statusPath = '/v1/triggers/requests'

/** `base` is where the caller reaches us, for the address under which it can ask again. */
export function toAcceptedJson({ id, state, message }: TriggerRequest, base: string): z.infer<typeof acceptedSchema> {
  const name = `trigger_${id}`
  return { id: name, state, message, status_url: `${base}${statusPath}/${name}` }
}

export function toRequestJson(request: TriggerRequest, base: string): z.infer<typeof requestSchema> {
  return {
    ...toAcceptedJson(request, base),
    reason: request.reason,
    connection: request.connection,
    object: request.object,
    record_id: request.externalId,
    ...toWantedJson(request.wanted),
    run_id: request.runId,
    left_out: request.leftOut,
    requested_at: request.requestedAt.toISOString(),
    next_try_at: request.nextTryAt?.toISOString() ?? null,
    ended_at: request.endedAt?.toISOString() ?? null,
  }
}

export function toStatusJson(status: RequestStatus, base: string): z.infer<typeof statusSchema> {
  return {
    ...toRequestJson(status.request, base),
    outcomes: status.conversations.map((each) => ({
      conversation_id: each.conversationId,
      kind: each.kind,
      spoken_at: each.spokenAt.toISOString(),
      outcome: each.outcome,
      reason: each.reason,
      analysis_number: each.analysisNumber,
      cached: each.cached,
      cost_usd: each.costUsd,
    })),
    fields: status.cells.map(toCellJson),
  }
}

function toWantedJson(wanted: WantedConversations) {
  return {
    conversations: wanted.conversations,
    since: wanted.conversations === 'since' ? wanted.since.toISOString() : null,
    most: wanted.conversations === 'latest' ? 1 : wanted.most,
  }
}
