import { z } from '@hono/zod-openapi'
import type { Backfill, PlanInput } from '../../backfill/index.ts'

const share = z.number().gt(0).lte(1)
const contacts = z.int().min(1).max(1_000_000)
const seed = z.int().min(0).max(2_147_483_647)

/** What a backfill may cost in all. */
export const maxCostSchema = z.number().gt(0).lt(1_000_000)

const sample = 'part of what the filter selects, in contacts: the first ones, or a random share'

/** What a plan is asked to keep to besides its filter. */
export const guardsBody = {
  sample: z
    .union([z.strictObject({ first: contacts }), z.strictObject({ share, seed: seed.optional() })])
    .optional()
    .openapi({
      description: `${sample}; the same seed selects the same, without one it is drawn`,
      example: { first: 100 },
    }),
  max_conversations: z
    .int()
    .min(1)
    .optional()
    .openapi({ description: 'where more are selected, the plan is refused, and says how many' }),
  max_cost_usd: maxCostSchema.optional().openapi({
    description: 'the most its model calls may cost in all; there it stands still until somebody raises it',
  }),
  drafts_of: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .openapi({ description: 'agents whose draft is meant although it is older than what they have published' }),
}

const asked = z.object(guardsBody)

export function readGuards(body: z.infer<typeof asked>): Pick<PlanInput, 'guards'> {
  const { sample, max_conversations, max_cost_usd, drafts_of } = body
  const { share, seed, first } = { share: undefined, seed: undefined, first: undefined, ...sample }
  const guards = {
    ...(first !== undefined && { sample: { first } }),
    ...(share !== undefined && { sample: { share, ...(seed !== undefined && { seed }) } }),
    ...(max_conversations !== undefined && { maxConversations: max_conversations }),
    ...(max_cost_usd !== undefined && { maxCostUsd: max_cost_usd }),
    ...(drafts_of && { draftsOf: drafts_of }),
  }
  return { guards }
}

/** The same of a plan. */
export const guardsShown = {
  sample: z
    .union([z.object({ first: z.number() }), z.object({ share: z.number(), seed: z.number() })])
    .nullable()
    .openapi({ description: sample }),
  max_conversations: z.number().nullable(),
  max_cost_usd: z.number().nullable(),
  drafts_of: z.array(z.string()),
}

export function toGuardsJson({ guards: { sample, maxConversations, maxCostUsd, draftsOf } }: Backfill) {
  return {
    sample: sample ?? null,
    max_conversations: maxConversations ?? null,
    max_cost_usd: maxCostUsd ?? null,
    drafts_of: draftsOf ?? [],
  }
}
