import { createRoute, z } from '@hono/zod-openapi'
import type { RunCell } from '../../sync/index.ts'
import { cellSchema, toCellJson } from '../cell-json.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals } from '../router.ts'
import { numberParams as params, reasonSchema } from './schemas.ts'

const bodySchema = z.object({
  reason: reasonSchema.optional(),
  /** Only tell what it would do: a page of records behind `after`. */
  plan: z.boolean().default(false),
  after: z.int().min(0).optional(),
})
const body = { content: { 'application/json': { schema: bodySchema } } }
const undone = answers(
  'the run that undoes, and how many records it reaches; with `plan`, a page of the cells that it would restore (`write`, `retract`) or leave, and why, and nothing is written',
  z.union([
    z.object({ run_id: z.number(), records: z.number() }),
    z.object({ items: z.array(cellSchema), next: z.number().nullable() }),
  ]),
)

const ofBackfill = createRoute({
  method: 'post',
  path: '/v1/backfills/{id}/undo',
  summary: 'Withdraws what a backfill has done, wherever nothing later decides',
  request: { params, body },
  responses: { 200: undone, ...refusals },
})

const ofRun = createRoute({
  method: 'post',
  path: '/v1/runs/{id}/undo',
  summary: 'Withdraws any run: a rerun, a backfill, or an undo, which brings back what it had undone',
  request: { params, body },
  responses: { 200: undone, ...refusals },
})

type Deps = Pick<HttpDeps, 'undoBackfill' | 'undoRun' | 'planUndo' | 'planUndoOfBackfill'>

/** Undo is a run of its own, so it can be undone too. What is undone already: 409. */
export function undoRoutes(deps: Deps) {
  return createRouter()
    .openapi(ofBackfill, async (c) => {
      const { reason = `POST ${ofBackfill.path}`, plan, after } = c.req.valid('json') ?? {}
      const input = { id: c.req.valid('param').id, actor: c.get('actor'), reason }
      if (plan) return c.json(toPageJson(await deps.planUndoOfBackfill(paged(input, after))), 200)
      const { runId, records } = await deps.undoBackfill(input)
      return c.json({ run_id: runId, records }, 200)
    })
    .openapi(ofRun, async (c) => {
      const { reason = `POST ${ofRun.path}`, plan, after } = c.req.valid('json') ?? {}
      const input = { runId: c.req.valid('param').id, actor: c.get('actor'), reason }
      if (plan) return c.json(toPageJson(await deps.planUndo(paged(input, after))), 200)
      const { runId, records } = await deps.undoRun(input)
      return c.json({ run_id: runId, records }, 200)
    })
}

function paged<Input>(input: Input, after: number | undefined): Input & { after?: number } {
  return { ...input, ...(after !== undefined && { after }) }
}

function toPageJson({ cells, next }: { cells: RunCell[]; next: number | null }) {
  return { items: cells.map(toCellJson), next }
}
