import { z } from '@hono/zod-openapi'
import type { Analysis } from '../../analysis/index.ts'
import { partSchema, toPartJson } from './config-json.ts'

export const valueSchema = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()])

/** Why somebody does something, for the audit. */
export const reasonSchema = z.string().min(1).max(500)

/** One extracted field, with how sure it is and where in the transcript it was said. */
export const fieldSchema = z.object({
  value: valueSchema,
  status: z.string(),
  evidence: z.array(z.object({ turn: z.number(), quote: z.string() })),
  reason: z.string().optional(),
  analysis: z.number().optional().openapi({ description: 'of a field that was carried over: the one that found it' }),
})

/** By item name. */
export const fieldsSchema = z.record(z.string(), fieldSchema)

export const outcomeSchema = z.enum([
  'ok',
  'refused',
  'filtered',
  'truncated',
  'invalid',
  'empty',
  'transport',
  'skipped',
])

export const analysisSchema = z
  .object({
    number: z.number(),
    current: z.boolean(),
    kept: z.boolean().openapi({ description: 'false: a preview that nobody has kept' }),
    outcome: outcomeSchema,
    fields: fieldsSchema,
    model: z.string(),
    agent_version: z.number().nullable(),
    config_hash: z.string(),
    config_agents: z
      .array(partSchema)
      .nullable()
      .openapi({ description: 'every version it was asked with; none: a config given inline; null: not kept then' }),
    run_id: z.number(),
    kept_at: z.iso.datetime().nullable(),
    cost_usd: z.number(),
  })
  .openapi('Analysis')

export function toAnalysisJson(analysis: Analysis): z.infer<typeof analysisSchema> {
  const { number, current, outcome, fields, model } = analysis
  return {
    number,
    current,
    kept: analysis.keptAt !== null,
    outcome,
    fields,
    model,
    agent_version: analysis.agentVersion,
    config_hash: analysis.configHash,
    config_agents: analysis.parts?.map(toPartJson) ?? null,
    run_id: analysis.runId,
    kept_at: analysis.keptAt?.toISOString() ?? null,
    cost_usd: analysis.costUsd,
  }
}

export const idParams = z.object({ id: z.string().min(1) })
export const numberParams = z.object({ id: z.coerce.number().pipe(z.int().min(1)) })
