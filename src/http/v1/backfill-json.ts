import { z } from '@hono/zod-openapi'
import { transferSettings } from '../../agents/index.ts'
import type { Backfill } from '../../backfill/index.ts'
import { formatFilter } from '../../filters/index.ts'
import { canaryShown, toCanaryJson } from './canary-json.ts'
import { partSchema, toPartJson } from './config-json.ts'
import { guardsShown, toGuardsJson } from './guards-json.ts'
import { laneShown, lanesShown, toLaneJson, toLanesJson } from './lane-json.ts'
import { linksSchema, toLinksJson } from './links-json.ts'

const isoTime = z.iso.datetime().nullable()
export const backfillSchema = z
  .object({
    id: z.number(),
    kind: z.enum(['extract', 'mapping']),
    mapping: z.string().nullable(),
    fields: z.array(z.string()).nullable(),
    run_id: z.number().nullable(),
    state: z.enum(['planned', 'running', 'paused', 'stopped', 'done', 'cancelled']),
    parked: z
      .object({
        since: z.iso.datetime(),
        until: isoTime.openapi({ description: 'null: until somebody raises `max_cost_usd`' }),
        why: z.string(),
      })
      .nullable(),
    paused_why: z.string().nullable().openapi({ description: 'why it was paused, where no person has done it' }),
    canary: canaryShown,
    actor: z.string(),
    reason: z.string(),
    filter: z.string(),
    ...guardsShown,
    ...laneShown,
    configs: z.record(z.string(), z.object({ version: z.number(), is_draft: z.boolean(), hash: z.string() })),
    transferred: z
      .array(
        z.object({
          agent_id: z.string(),
          transfers: z.array(z.object({ agent_id: z.string(), setting: z.enum(transferSettings).nullable() })),
          hash: z.string(),
          agents: z.array(partSchema),
        }),
      )
      .openapi({ description: 'the configs of conversations that went from agent to agent' }),
    mappings: z.record(z.string(), z.string()),
    estimate: z.object({
      conversations: z.number(),
      contacts: z.number(),
      not_analysed: z.number().optional(),
      cached: z.number(),
      skipped: z.number(),
      model_calls: z.number(),
      input_tokens: z.number(),
      output_tokens: z.number(),
      cost_usd: z.number(),
      cost_usd_low: z.number().optional().openapi({ description: 'the range around `cost_usd`; not in older plans' }),
      cost_usd_high: z.number().optional(),
      cost_usd_at_most: z.number().openapi({
        description:
          'where nothing comes from the cache of the provider; an estimate, unlike what spending limits reserve',
      }),
      learned_from_calls: z.number().optional().openapi({
        description: 'how many of the last calls the estimate was learned from; 0: not calibrated yet, ±15 %',
      }),
      lanes: lanesShown,
      prices_as_of: z.iso.date().optional(),
      merges: z
        .object({
          texts: z.number(),
          cost_usd: z.number(),
          cost_usd_low: z.number().optional(),
          cost_usd_high: z.number().optional(),
          learned_from_calls: z.number().optional(),
        })
        .optional()
        .openapi({ description: 'texts to merge at the most; their cost is in `cost_usd`, and in its range' }),
      warnings: z.array(z.string()),
      records: z.record(z.string(), linksSchema),
    }),
    concurrency: z.number().openapi({ description: 'how many conversations it analyses at a time' }),
    created_at: z.iso.datetime(),
    started_at: isoTime,
    ended_at: isoTime,
  })
  .openapi('Backfill')

export function toBackfillJson(backfill: Backfill): z.infer<typeof backfillSchema> {
  const { id, kind, mapping, fields, runId, state, parked, actor, reason, filter, frozen, estimate } = backfill
  const { conversations, contacts, notAnalysed, cached, skipped, records } = estimate
  const configs = Object.entries(frozen.configs).map(([agentId, { version, isDraft, hash }]) => [
    agentId,
    { version, is_draft: isDraft, hash },
  ])
  return {
    id,
    kind,
    mapping,
    fields,
    run_id: runId,
    state,
    parked: parked && {
      since: parked.since.toISOString(),
      until: parked.until?.toISOString() ?? null,
      why: parked.why,
    },
    paused_why: backfill.pausedWhy,
    canary: toCanaryJson(backfill),
    actor,
    reason,
    filter: formatFilter(filter),
    ...toGuardsJson(backfill),
    ...toLaneJson(backfill),
    configs: Object.fromEntries(configs),
    transferred: (frozen.transferred ?? []).map(({ agentId, transfers, hash, parts }) => ({
      agent_id: agentId,
      transfers: transfers.map((each) => ({ agent_id: each.agentId, setting: each.setting })),
      hash,
      agents: parts.map(toPartJson),
    })),
    mappings: frozen.mappings,
    estimate: {
      conversations,
      contacts,
      ...(notAnalysed === undefined ? {} : { not_analysed: notAnalysed }),
      cached,
      skipped,
      model_calls: estimate.modelCalls,
      input_tokens: estimate.inputTokens,
      output_tokens: estimate.outputTokens,
      cost_usd: estimate.costUsd,
      ...rangeJson(estimate),
      cost_usd_at_most: estimate.costUsdAtMost,
      ...toLanesJson(backfill),
      ...(estimate.pricesAsOf !== undefined && { prices_as_of: estimate.pricesAsOf }),
      ...(estimate.merges && {
        merges: { texts: estimate.merges.texts, cost_usd: estimate.merges.costUsd, ...rangeJson(estimate.merges) },
      }),
      warnings: estimate.warnings ?? [],
      records: Object.fromEntries(Object.entries(records).map(([name, links]) => [name, toLinksJson(links)])),
    },
    concurrency: backfill.concurrency,
    created_at: backfill.createdAt.toISOString(),
    started_at: backfill.startedAt?.toISOString() ?? null,
    ended_at: backfill.endedAt?.toISOString() ?? null,
  }
}

function rangeJson(of: { costUsdLow?: number; costUsdHigh?: number; learnedFromCalls?: number }) {
  const { costUsdLow, costUsdHigh, learnedFromCalls } = of
  return {
    ...(costUsdLow !== undefined && { cost_usd_low: costUsdLow }),
    ...(costUsdHigh !== undefined && { cost_usd_high: costUsdHigh }),
    ...(learnedFromCalls !== undefined && { learned_from_calls: learnedFromCalls }),
  }
}
