import { z } from '@hono/zod-openapi'
import type { Explanation } from '../../sync/index.ts'
import { valueSchema } from './schemas.ts'

const wire = z.string().nullable()

const eventSchema = z.object({
  at: z.string(),
  at_latest: z.boolean(),
  kind: z.string(),
  who: z.string(),
  value: valueSchema,
  decides: z.boolean(),
  why: z.string().optional(),
  evidence: z.array(z.object({ turn: z.number(), quote: z.string() })).optional(),
  analysis: z
    .object({ number: z.number(), model: z.string(), agent_version: z.number().nullable(), current: z.boolean() })
    .optional(),
  run: z.object({ id: z.number(), kind: z.string(), actor: z.string(), reason: z.string() }).optional(),
  decision: z
    .object({ decision: z.string(), by: z.string().optional(), why: z.string().optional(), rule: z.string() })
    .optional(),
})

export const explanationSchema = z
  .object({
    contact_id: z.string(),
    records: z.array(
      z.object({
        connection: z.string(),
        record: z.string(),
        field: z.string(),
        seen: wire,
        sent: wire,
        value: valueSchema,
        rule: z
          .object({
            mapping: z.string(),
            path: z.string(),
            line: z.number(),
            hash: z.string(),
            mode: z.string(),
            owner: z.string().optional(),
            description: z.string().optional(),
          })
          .nullable(),
        merged: z.object({ text: wire, is_fallback: z.boolean(), conversations: z.array(z.string()) }).optional(),
        timeline: z.array(eventSchema),
        stay_out: z.number(),
        writes: z.array(
          z.object({ at: z.string(), run: z.number().nullable(), before: wire, after: wire, outcome: z.string() }),
        ),
      }),
    ),
  })
  .openapi('Explanation')

export function toExplanationJson({ contactId, records }: Explanation): z.infer<typeof explanationSchema> {
  return {
    contact_id: String(contactId),
    records: records.map(({ externalId, stayOut, timeline, merged, ...record }) => ({
      ...record,
      ...(merged && {
        merged: { text: merged.text, is_fallback: merged.isFallback, conversations: merged.conversations },
      }),
      record: externalId,
      stay_out: stayOut,
      timeline: timeline.map(toEventJson),
    })),
  }
}

type Event = Explanation['records'][number]['timeline'][number]

function toEventJson({ atLatest, analysis, ...event }: Event): z.infer<typeof eventSchema> {
  if (analysis === undefined) return { ...event, at_latest: atLatest }
  const { agentVersion, ...rest } = analysis
  return { ...event, at_latest: atLatest, analysis: { ...rest, agent_version: agentVersion } }
}
