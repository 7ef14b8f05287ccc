import { z } from '@hono/zod-openapi'
import type { Explanation } from '../../sync/index.ts'
import { eventSchema, runSchema, toEventJson } from './explained-event-json.ts'
import { valueSchema } from './schemas.ts'

const wire = z.string().nullable()

const ruleSchema = z
  .object({
    mapping: z.string(),
    path: z.string(),
    line: z.number(),
    text: z.string().openapi({ description: 'the line itself' }),
    hash: z.string(),
    mode: z.string(),
    owner: z.string().optional(),
    description: z.string().optional(),
  })
  .nullable()

const recordSchema = z.object({
  connection: z.string(),
  object: z.string(),
  record: z.string(),
  field: z.string(),
  seen: wire,
  sent: wire,
  value: valueSchema,
  merged: z.object({ text: wire, is_fallback: z.boolean(), conversations: z.array(z.string()) }).optional(),
  live: z
    .union([
      z.object({ value: wire, differs: z.boolean() }),
      z.object({ failed: z.object({ code: z.string(), message: z.string() }) }),
    ])
    .optional(),
  rule: ruleSchema,
  rule_now: ruleSchema,
  timeline: z.array(eventSchema),
  earlier: z.number().openapi({ description: 'older events that `limit` leaves out' }),
  stay_out: z.number(),
  never_asked: z.object({ conversations: z.number(), command: z.string() }).nullable(),
  writes: z.array(
    z.object({
      at: z.string(),
      run: z.number().nullable(),
      by: runSchema.nullable(),
      before: wire,
      after: wire,
      outcome: z.string(),
    }),
  ),
  notes: z.array(z.string()).openapi({ description: 'what limits the above, in sentences' }),
})

const unlinkedSchema = z.object({
  conversation_id: z.string(),
  mapping: z.string(),
  connection: z.string(),
  decision: z.enum(['no_record', 'ambiguous']),
  step: z.string().nullable(),
})

export const explanationSchema = z
  .object({
    contact_id: z.string(),
    field: z.string(),
    records: z.array(recordSchema),
    unlinked: z.object({
      conversations: z.array(unlinkedSchema),
      total: z.number(),
      command: z.string().nullable(),
    }),
  })
  .openapi('Explanation')

export function toExplanationJson(explanation: Explanation): z.infer<typeof explanationSchema> {
  const { contactId, field, records, unlinked } = explanation
  return {
    contact_id: contactId,
    field,
    records: records.map(({ externalId, stayOut, neverAsked, ruleNow, merged, timeline, ...record }) => ({
      ...record,
      ...(merged && {
        merged: { text: merged.text, is_fallback: merged.isFallback, conversations: merged.conversations },
      }),
      record: externalId,
      rule_now: ruleNow,
      stay_out: stayOut,
      never_asked: neverAsked,
      timeline: timeline.map(toEventJson),
    })),
    unlinked: {
      ...unlinked,
      conversations: unlinked.conversations.map(({ conversationId, ...each }) => ({
        conversation_id: conversationId,
        ...each,
      })),
    },
  }
}
