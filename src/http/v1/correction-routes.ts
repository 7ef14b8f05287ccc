import { createRoute, z } from '@hono/zod-openapi'
import type { Correction } from '../../analysis/index.ts'
import { cellSchema, toCellJson } from '../cell-json.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals, takes } from '../router.ts'
import { idParams, reasonSchema, valueSchema } from './schemas.ts'

const itemParams = idParams.extend({ item: z.string().min(1) })
const reason = reasonSchema.optional()

const correctionSchema = z
  .object({
    item: z.string(),
    value: valueSchema,
    run_id: z.number(),
    actor: z.string(),
    reason: z.string(),
    at: z.iso.datetime(),
    state: z.enum(['in_force', 'overridden', 'withdrawn']),
  })
  .openapi('Correction')

export function toCorrectionJson(correction: Correction): z.infer<typeof correctionSchema> {
  const { item, value, runId, actor, at, state } = correction
  return { item, value, run_id: runId, actor, reason: correction.reason, at: at.toISOString(), state }
}

/** `waiting`: not pushed yet; the cells then tell what the push will write, as far as the CRM still holds what we last saw. */
const fields = { waiting: z.boolean(), cells: z.array(cellSchema) }

const list = createRoute({
  method: 'get',
  path: '/v1/conversations/{id}/corrections',
  summary: 'Every correction of one conversation, the newest first, also those that count no more',
  request: { params: idParams },
  responses: { 200: answers('the corrections', z.object({ items: z.array(correctionSchema) })), ...refusals },
})

const correct = createRoute({
  method: 'put',
  path: '/v1/conversations/{id}/corrections/{item}',
  summary: 'Sets what one conversation says of an item: beats every analysis, until it is withdrawn',
  request: {
    params: itemParams,
    body: takes(
      z.object({
        value: valueSchema.openapi({ description: 'null: the conversation does not say it' }),
        reason,
      }),
    ),
  },
  responses: {
    200: answers(
      'the run that it is, what counted before, and every CRM field whose rule reads the item',
      z.object({ run_id: z.number(), item: z.string(), value: valueSchema, before: valueSchema, ...fields }),
    ),
    ...refusals,
  },
})

const withdraw = createRoute({
  method: 'delete',
  path: '/v1/conversations/{id}/corrections/{item}',
  summary: 'Takes back the correction of an item that stands: the one before it stands again, else the analyses',
  request: { params: itemParams, query: z.object({ reason }) },
  responses: {
    200: answers(
      'the run that takes back, the one it has undone, and every CRM field whose rule reads the item',
      z.object({ run_id: z.number(), undone_run_id: z.number(), item: z.string(), ...fields }),
    ),
    ...refusals,
  },
})

type Deps = Pick<HttpDeps, 'correctField' | 'correctionCells' | 'listCorrections' | 'withdrawCorrection'>

export function correctionRoutes(deps: Deps) {
  const told = async (wanted: { conversationId: string; item: string; runId: number }) => {
    const { cells, waiting } = await deps.correctionCells(wanted)
    return { waiting, cells: cells.map(toCellJson) }
  }
  return createRouter()
    .openapi(list, async (c) => {
      const corrections = await deps.listCorrections(c.req.valid('param').id)
      return c.json({ items: corrections.map(toCorrectionJson) }, 200)
    })
    .openapi(correct, async (c) => {
      const { id: conversationId, item } = c.req.valid('param')
      const { value: given, reason = `PUT ${correct.path}` } = c.req.valid('json')
      const input = { conversationId, item, value: given, actor: c.get('actor'), reason }
      const { runId, value, before } = await deps.correctField(input)
      return c.json({ run_id: runId, item, value, before, ...(await told({ conversationId, item, runId })) }, 200)
    })
    .openapi(withdraw, async (c) => {
      const { id: conversationId, item } = c.req.valid('param')
      const { reason = `DELETE ${withdraw.path}` } = c.req.valid('query')
      const { runId, undone } = await deps.withdrawCorrection({ conversationId, item, actor: c.get('actor'), reason })
      const answer = { run_id: runId, undone_run_id: undone, item }
      return c.json({ ...answer, ...(await told({ conversationId, item, runId })) }, 200)
    })
}
