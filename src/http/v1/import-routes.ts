import { createRoute, z } from '@hono/zod-openapi'
import type { ImportReport } from '../../contacts/index.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals } from '../router.ts'

const at = z.iso.datetime()

const countsSchema = z.object({
  records_read: z.number(),
  records_new: z.number(),
  records_changed: z.number(),
  records_gone: z.number(),
  left_out: z.record(z.string(), z.number()),
})
const endedSchema = countsSchema.extend({ started_at: at, ended_at: at, of_all: z.boolean() })

const importsSchema = z
  .object({
    imports: z.array(
      z.object({
        connection: z.string(),
        object: z.string(),
        last: endedSchema.nullable(),
        last_of_all: endedSchema.nullable(),
        failed: z.object({ at, code: z.string(), message: z.string() }).nullable(),
        under_way: countsSchema.extend({ started_at: at }).nullable(),
      }),
    ),
  })
  .openapi('Imports')

const list = createRoute({
  method: 'get',
  path: '/v1/imports',
  summary: 'When each connection was last imported, what was read and left out (by reason), and what failed',
  responses: { 200: answers('one entry for each object of a connection', importsSchema), ...refusals },
})

export function importRoutes(deps: Pick<HttpDeps, 'reportImports'>) {
  return createRouter().openapi(list, async (c) => {
    return c.json({ imports: (await deps.reportImports()).map(toJson) }, 200)
  })
}

function toJson({ connection, object, last, lastWhole, failed, underWay }: ImportReport) {
  return {
    connection,
    object,
    last: last && endedJson(last),
    last_of_all: lastWhole && endedJson(lastWhole),
    failed: failed && { ...failed, at: failed.at.toISOString() },
    under_way: underWay && { started_at: underWay.startedAt.toISOString(), ...countsJson(underWay.counts) },
  }
}

function endedJson({ startedAt, endedAt, isWhole, ...counts }: NonNullable<ImportReport['last']>) {
  const times = { started_at: startedAt.toISOString(), ended_at: endedAt.toISOString() }
  return { ...times, of_all: isWhole, ...countsJson(counts) }
}

function countsJson({ scanned, created, changed, gone, skipped }: NonNullable<ImportReport['underWay']>['counts']) {
  const [records_read, records_new, records_changed, records_gone] = [scanned, created, changed, gone]
  return { records_read, records_new, records_changed, records_gone, left_out: skipped }
}
