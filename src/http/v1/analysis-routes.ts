import { createRoute, z } from '@hono/zod-openapi'
import type { AnalysisResult } from '../../analysis/index.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals, spendingRefusal } from '../router.ts'
import { analysisSchema, fieldsSchema, outcomeSchema, idParams as params, toAnalysisJson } from './schemas.ts'

const list = createRoute({
  method: 'get',
  path: '/v1/conversations/{id}/analyses',
  summary: 'Every analysis of one conversation, in the order they were made',
  request: { params },
  responses: { 200: answers('the analyses', z.object({ items: z.array(analysisSchema) })), ...refusals },
})

const resultSchema = z
  .object({
    conversation_id: z.string(),
    run_id: z.number(),
    outcome: outcomeSchema,
    reason: z.string().nullable(),
    analysis_number: z.number().nullable(),
    cached: z.boolean(),
    cost_usd: z.number(),
    fields: fieldsSchema,
  })
  .openapi('RerunResult')

const rerun = createRoute({
  method: 'post',
  path: '/v1/conversations/{id}/rerun',
  summary: 'Analyses one conversation again, with the newest draft of its agent; answers when it is done',
  request: {
    params,
    body: { content: { 'application/json': { schema: z.object({ reason: z.string().min(1).max(500).optional() }) } } },
  },
  responses: { 201: answers('how it ended; a failure changes nothing', resultSchema), ...refusals, ...spendingRefusal },
})

export function analysisRoutes(deps: Pick<HttpDeps, 'getRetellObject' | 'listAnalyses' | 'rerunConversation'>) {
  return createRouter()
    .openapi(list, async (c) => {
      const { id } = c.req.valid('param')
      await deps.getRetellObject(id)
      return c.json({ items: (await deps.listAnalyses(id)).map(toAnalysisJson) }, 200)
    })
    .openapi(rerun, async (c) => {
      const { reason = `POST ${rerun.path}` } = c.req.valid('json') ?? {}
      const conversationId = c.req.valid('param').id
      return c.json(toJson(await deps.rerunConversation({ conversationId, actor: c.get('actor'), reason })), 201)
    })
}

function toJson(result: AnalysisResult & { runId: number }): z.infer<typeof resultSchema> {
  return {
    conversation_id: result.conversationId,
    run_id: result.runId,
    outcome: result.outcome,
    reason: result.reason ?? null,
    analysis_number: result.number ?? null,
    cached: result.cached,
    cost_usd: result.costUsd,
    fields: result.fields ?? {},
  }
}
