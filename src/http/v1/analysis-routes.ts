import { createRoute, z } from '@hono/zod-openapi'
import type { AnalysisResult, Rerun } from '../../analysis/index.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals, spendingRefusal } from '../router.ts'
import { configSchema, toConfigJson } from './config-json.ts'
import { diffSchema, toDiffJson } from './diff-json.ts'
import { differences, toDifferencesJson } from './preview-json.ts'
import {
  analysisSchema,
  fieldsSchema,
  outcomeSchema,
  idParams as params,
  reasonSchema,
  toAnalysisJson,
} from './schemas.ts'

const list = createRoute({
  method: 'get',
  path: '/v1/conversations/{id}/analyses',
  summary: 'Every analysis of one conversation, in the order they were made; previews that nobody kept among them',
  request: { params },
  responses: { 200: answers('the analyses', z.object({ items: z.array(analysisSchema) })), ...refusals },
})

const analysisNumber = z.coerce.number().pipe(z.int().min(1))

const diff = createRoute({
  method: 'get',
  path: '/v1/conversations/{id}/analyses/diff',
  summary:
    'What two analyses of one conversation say, item by item; unless told, the newest preview or rerun against the one before',
  request: { params, query: z.object({ from: analysisNumber.optional(), to: analysisNumber.optional() }) },
  responses: { 200: answers('both analyses and every item of them', diffSchema), ...refusals },
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

const rerunSchema = resultSchema.extend({ config: configSchema }).openapi('Rerun')

const previewSchema = rerunSchema.extend({ current: z.boolean(), ...differences }).openapi('RerunPreview')

const reason = reasonSchema.optional()

const rerun = createRoute({
  method: 'post',
  path: '/v1/conversations/{id}/rerun',
  summary: 'Analyses one conversation again, with the newest draft of its agent; answers when it is done',
  request: {
    params,
    body: {
      content: {
        'application/json': {
          schema: z.object({
            reason,
            preview: z.boolean().optional().openapi({ description: 'only tell what would change, until it is kept' }),
            version: z.int().min(0).optional().openapi({
              description:
                'of a preview: this version of the agent in place of its newest draft; after transfers, of the last agent',
            }),
            config: z
              .record(z.string(), z.unknown())
              .optional()
              .openapi({ description: 'of a preview: `{ items, model }` in place of any version; it cannot be kept' }),
          }),
        },
      },
    },
  },
  responses: {
    200: answers('a preview: every item and every CRM field that keeping it would touch', previewSchema),
    201: answers('how it ended; a failure changes nothing', rerunSchema),
    ...refusals,
    ...spendingRefusal,
  },
})

const keep = createRoute({
  method: 'post',
  path: '/v1/conversations/{id}/analyses/{number}/keep',
  summary: 'Makes one stored analysis count, such as a preview: no model call, and on to the CRM as a rerun',
  request: {
    params: params.extend({ number: analysisNumber }),
    body: { content: { 'application/json': { schema: z.object({ reason }) } } },
  },
  responses: { 201: answers('the run that keeps it', resultSchema), ...refusals },
})

type Deps = Pick<
  HttpDeps,
  'getRetellObject' | 'listAnalyses' | 'diffAnalyses' | 'rerunConversation' | 'previewRerun' | 'keepAnalysis'
>

export function analysisRoutes(deps: Deps) {
  return createRouter()
    .openapi(list, async (c) => {
      const { id } = c.req.valid('param')
      await deps.getRetellObject(id)
      return c.json({ items: (await deps.listAnalyses(id)).map(toAnalysisJson) }, 200)
    })
    .openapi(diff, async (c) => {
      const { from, to } = c.req.valid('query')
      const sides = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
      return c.json(toDiffJson(await deps.diffAnalyses({ conversationId: c.req.valid('param').id, ...sides })), 200)
    })
    .openapi(rerun, async (c) => {
      const { reason = `POST ${rerun.path}`, preview = false, version, config } = c.req.valid('json') ?? {}
      const choice = { ...(version !== undefined && { version }), ...(config && { inline: config }) }
      const input = { conversationId: c.req.valid('param').id, actor: c.get('actor'), reason, ...choice }
      if (!preview) return c.json(toRerunJson(await deps.rerunConversation(input)), 201)
      const previewed = await deps.previewRerun(input)
      return c.json({ ...toRerunJson(previewed), current: previewed.isCurrent, ...toDifferencesJson(previewed) }, 200)
    })
    .openapi(keep, async (c) => {
      const { reason = `POST ${keep.path}` } = c.req.valid('json') ?? {}
      const { id: conversationId, number } = c.req.valid('param')
      const kept = await deps.keepAnalysis({ conversationId, number, actor: c.get('actor'), reason })
      return c.json(toJson(kept), 201)
    })
}

function toRerunJson(rerun: Rerun): z.infer<typeof rerunSchema> {
  return { ...toJson(rerun), config: toConfigJson(rerun.config) }
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
