import { z } from '@hono/zod-openapi'
import type { Explanation } from '../../sync/index.ts'
import { valueSchema } from './schemas.ts'

export const runSchema = z.object({ id: z.number(), kind: z.string(), actor: z.string(), reason: z.string() })

/** One line of a timeline, with everything that stands behind it. */
export const eventSchema = z.object({
  at: z.string(),
  at_latest: z.boolean(),
  kind: z.string(),
  who: z.string(),
  value: valueSchema,
  decides: z.boolean(),
  why: z.string().optional(),
  evidence: z
    .array(
      z.object({
        turn: z.number(),
        quote: z.string(),
        around: z.array(z.object({ turn: z.number(), role: z.string(), text: z.string() })),
      }),
    )
    .optional(),
  analysis: z
    .object({ number: z.number(), model: z.string(), agent_version: z.number().nullable(), current: z.boolean() })
    .optional(),
  run: runSchema.optional(),
  correction: z.object({ item: z.string(), value: valueSchema, run: runSchema.nullable() }).optional(),
  decision: z
    .object({ decision: z.string(), by: z.string().optional(), why: z.string().optional(), rule: z.string() })
    .optional(),
  match: z.object({ mapping: z.string(), step: z.string(), run: runSchema.optional() }).optional(),
})

type Event = Explanation['records'][number]['timeline'][number]

export function toEventJson({ atLatest, analysis, ...event }: Event): z.infer<typeof eventSchema> {
  if (analysis === undefined) return { ...event, at_latest: atLatest }
  const { agentVersion, ...rest } = analysis
  return { ...event, at_latest: atLatest, analysis: { ...rest, agent_version: agentVersion } }
}
