import { createRoute, z } from '@hono/zod-openapi'
import type { AnalysisResult, Rerun } from '../../analysis/index.ts'
import { AppError } from '../../errors.ts'
import { cellSchema, toCellJson } from '../cell-json.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals, spendingRefusal } from '../router.ts'
import { configSchema, toConfigJson } from './config-json.ts'
import { diffSchema, toDiffJson } from './diff-json.ts'
import { differences, toDifferencesJson } from './preview-json.ts'
import { askedSchema, fieldsToAsk, toAskedJson } from './rerun-routes.ts'
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

const keptSchema = rerunSchema
  .extend({
    waiting: z.boolean().openapi({
      description: 'not pushed yet: the cells tell what the push will write, as far as the CRM holds what we last saw',
    }),
    cells: z
      .array(cellSchema)
      .openapi({ description: 'every CRM field to which the conversation has something to say' }),
  })
  .openapi('KeptRerun')

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
            fields: fieldsToAsk.optional().openapi({
              description: 'only these items are asked for; all others are carried over from the analysis that counts',
            }),
            wait: z.boolean().optional().openapi({ description: 'false: answer at once; a worker does it' }),
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
    201: answers('how it ended; a failure changes nothing', keptSchema),
    202: answers('with `wait: false`: the run, and where to ask how it stands', askedSchema),
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
  | 'getRetellObject'
  | 'listAnalyses'
  | 'diffAnalyses'
  | 'rerunConversation'
  | 'askReruns'
  | 'correctionCells'
  | 'previewRerun'
  | 'keepAnalysis'
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
      const asked = c.req.valid('json') ?? {}
      const { reason = `POST ${rerun.path}`, preview = false, wait = true, version, config, fields } = asked
      const conversationId = c.req.valid('param').id
      const actor = c.get('actor')
      const choice = {
        ...(version !== undefined && { version }),
        ...(config && { inline: config }),
        ...(fields && { fields }),
      }
      if (!wait) {
        if (preview || version !== undefined || config) throw mustWait()
        const input = { conversationIds: [conversationId], ...(fields && { fields }), actor, reason }
        return c.json(toAskedJson(await deps.askReruns(input)), 202)
      }
      const input = { conversationId, actor, reason, ...choice }
      if (!preview) {
        const kept = await deps.rerunConversation(input)
        const { waiting, cells } = await deps.correctionCells({ conversationId, runId: kept.runId })
        return c.json({ ...toRerunJson(kept), waiting, cells: cells.map(toCellJson) }, 201)
      }
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

function mustWait(): AppError {
  const message = 'wait: a preview, and another config than the newest draft, are answered when they are done'
  return new AppError('request.invalid', 'skip', message, { status: 400 })
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
