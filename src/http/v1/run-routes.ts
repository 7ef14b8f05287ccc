import { createRoute, z } from '@hono/zod-openapi'
import type { RunReport } from '../../sync/index.ts'
import { cellSchema, failureSchema, toCellJson, toFailureJson } from '../cell-json.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals } from '../router.ts'
import { numberParams as params } from './schemas.ts'

const runSchema = z
  .object({
    id: z.number(),
    kind: z.string(),
    actor: z.string(),
    reason: z.string(),
    undoes: z.number().nullable(),
    undone_by: z.number().nullable(),
    started_at: z.iso.datetime(),
    decisions: z.record(z.string(), z.number()),
    waiting: z.number(),
    failures: z.array(failureSchema),
    created: z.array(z.object({ connection: z.string(), records: z.number() })).openapi({
      description: 'records that the run, or the one that it undoes, has created; an undo leaves them there',
    }),
  })
  .openapi('Run')

const cellsSchema = z.object({ run: runSchema, items: z.array(cellSchema), next: z.string().nullable() })

const cells = createRoute({
  method: 'get',
  path: '/v1/runs/{id}/cells',
  summary:
    'The CRM fields that a run decided on. Of an undo: `write` and `retract` are restored, all others are left, by an edit or a later conversation; `waiting` are not pushed yet',
  request: {
    params,
    query: z.object({
      after: z
        .string()
        .regex(/^\d{1,15}\/./, 'the `next` of the page before')
        .optional(),
      limit: z.coerce.number().pipe(z.int().min(1).max(1_000)).default(100),
    }),
  },
  responses: { 200: answers('a page; `next` is the `after` of the next one', cellsSchema), ...refusals },
})

export function runRoutes(deps: Pick<HttpDeps, 'reportRun' | 'listRunCells'>) {
  return createRouter().openapi(cells, async (c) => {
    const { id } = c.req.valid('param')
    const { after, limit } = c.req.valid('query')
    const run = toRunJson(await deps.reportRun(id))
    const page = await deps.listRunCells(id, { after: after === undefined ? null : toKey(after), most: limit })
    const next = page.next === null ? null : `${page.next.recordId}/${page.next.field}`
    return c.json({ run, items: page.cells.map(toCellJson), next }, 200)
  })
}

function toRunJson({ undoneBy, startedAt, ...run }: RunReport): z.infer<typeof runSchema> {
  const { failures } = run
  return {
    ...run,
    undone_by: undoneBy,
    started_at: startedAt.toISOString(),
    failures: failures.map(toFailureJson),
  }
}

function toKey(text: string) {
  const slash = text.indexOf('/')
  return { recordId: Number(text.slice(0, slash)), field: text.slice(slash + 1) }
}
