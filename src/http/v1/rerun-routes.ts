import { createRoute, z } from '@hono/zod-openapi'
import type { KnownRerun } from '../../analysis/index.ts'
import { cellSchema, toCellJson } from '../cell-json.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals, takes } from '../router.ts'
import { outcomeSchema, reasonSchema } from './schemas.ts'

/** Some of the items of the config, by name; all others stay as they count now. */
export const fieldsToAsk = z.array(z.string().min(1)).min(1).max(200)

export const askedSchema = z
  .object({ run_id: z.number(), conversation_ids: z.array(z.string()), status: z.string() })
  .openapi('RerunsAsked')

export function toAskedJson({ runId, conversationIds }: { runId: number; conversationIds: string[] }) {
  return { run_id: runId, conversation_ids: conversationIds, status: `/v1/reruns/${runId}` }
}

const ask = createRoute({
  method: 'post',
  path: '/v1/reruns',
  summary:
    'Has up to a hundred conversations rerun as one run, with the newest drafts of their agents; answers at once',
  request: {
    body: takes(
      z.object({
        conversation_ids: z.array(z.string().min(1)).min(1),
        fields: fieldsToAsk.optional(),
        reason: reasonSchema.optional(),
      }),
    ),
  },
  responses: { 202: answers('the run, and where to ask how it stands', askedSchema), ...refusals },
})

const stateSchema = z.enum(['waiting', 'running', 'ended'])
const isoTime = z.iso.datetime().nullable()

const rerunsSchema = z
  .object({
    run_id: z.number(),
    state: stateSchema,
    items: z.array(
      z.object({
        conversation_id: z.string(),
        state: stateSchema,
        outcome: outcomeSchema.nullable(),
        reason: z.string().nullable(),
        analysis_number: z.number().nullable(),
        cached: z.boolean(),
        cost_usd: z.number(),
        error: z.object({ code: z.string(), message: z.string() }).nullable(),
        asked_at: isoTime,
        ended_at: isoTime,
      }),
    ),
    cells: z.array(cellSchema).openapi({ description: 'the first 1,000 CRM fields that were decided on so far' }),
  })
  .openapi('Reruns')

const read = createRoute({
  method: 'get',
  path: '/v1/reruns/{run_id}',
  summary: 'How the reruns of a run stand, until a day after their end; GET /v1/runs/{id}/cells has every CRM field',
  request: { params: z.object({ run_id: z.coerce.number().pipe(z.int().min(1)) }) },
  responses: { 200: answers('every rerun of the run', rerunsSchema), ...refusals },
})

export function rerunRoutes(deps: Pick<HttpDeps, 'askReruns' | 'readReruns' | 'listRunCells'>) {
  return createRouter()
    .openapi(ask, async (c) => {
      const { conversation_ids: conversationIds, fields, reason = `POST ${ask.path}` } = c.req.valid('json')
      const input = { conversationIds, ...(fields && { fields }), actor: c.get('actor'), reason }
      return c.json(toAskedJson(await deps.askReruns(input)), 202)
    })
    .openapi(read, async (c) => {
      const runId = c.req.valid('param').run_id
      const items = (await deps.readReruns(runId)).map(toJson)
      const { cells } = await deps.listRunCells(runId, { after: null, most: 1_000 })
      const isOver = items.every(({ state }) => state === 'ended')
      const state = isOver ? 'ended' : items.every((item) => item.state === 'waiting') ? 'waiting' : 'running'
      return c.json({ run_id: runId, state, items, cells: cells.map(toCellJson) } as const, 200)
    })
}

function toJson({ conversationId, state, result, error, askedAt, endedAt }: KnownRerun) {
  return {
    conversation_id: conversationId,
    state,
    outcome: result?.outcome ?? null,
    reason: result?.reason ?? null,
    analysis_number: result?.number ?? null,
    cached: result?.cached ?? false,
    cost_usd: result?.costUsd ?? 0,
    error: error && { code: error.code, message: error.message },
    asked_at: askedAt.toISOString(),
    ended_at: endedAt?.toISOString() ?? null,
  }
}
