import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import { changesAsCsv, changesAsMarkdown, reportAsCsv, reportAsMarkdown } from '../../backfill/index.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals } from '../router.ts'
import { changesSchema, toChangesJson } from './changes-json.ts'
import { reportSchema, toReportJson } from './report-json.ts'
import { numberParams as params } from './schemas.ts'

const mediaTypes = { json: 'application/json', md: 'text/markdown', csv: 'text/csv' } as const
const format = z.enum(['json', 'md', 'csv'])
const query = z.object({
  format: format.optional().openapi({ description: 'else as `accept` says; else JSON' }),
})

function alsoAsText<Schema extends z.ZodType>(description: string, schema: Schema) {
  const { content } = answers(description, schema)
  const text = { schema: z.string() }
  return { description, content: { ...content, [mediaTypes.md]: text, [mediaTypes.csv]: text } }
}

const report = createRoute({
  method: 'get',
  path: '/v1/backfills/{id}/report',
  summary:
    'What a backfill has done, down to every CRM field it looked at: before, after, decision and reason; as JSON, as Markdown, or its fields as CSV',
  request: { params, query },
  responses: { 200: alsoAsText('the report', reportSchema), ...refusals },
})

const changes = createRoute({
  method: 'get',
  path: '/v1/backfills/{id}/changes',
  summary: 'What the analyses of a backfill say otherwise than those before, counted per item',
  request: { params, query },
  responses: { 200: alsoAsText('per item', changesSchema), ...refusals },
})

/** What was asked for by `?format=`, else by the header. */
function formatOf(c: Context, asked: z.infer<typeof format> | undefined): z.infer<typeof format> {
  if (asked !== undefined) return asked
  const supports = Object.values(mediaTypes)
  const type = accepts(c, { header: 'Accept', supports: [...supports], default: mediaTypes.json })
  return type === mediaTypes.md ? 'md' : type === mediaTypes.csv ? 'csv' : 'json'
}

/** A file of CSV or Markdown: nothing that a browser would take for a page. */
function textHeaders(kind: 'md' | 'csv', name: string): Record<string, string> {
  return {
    'content-type': `${mediaTypes[kind]}; charset=utf-8`,
    'content-disposition': `attachment; filename="${name}.${kind}"`,
    'x-content-type-options': 'nosniff',
    vary: 'accept',
  }
}

export function reportRoutes(deps: Pick<HttpDeps, 'reportBackfill' | 'reportChanges'>) {
  return createRouter()
    .openapi(report, async (c) => {
      const { id } = c.req.valid('param')
      const kind = formatOf(c, c.req.valid('query').format)
      const found = await deps.reportBackfill(id, c.req.raw.signal)
      if (kind === 'json') return c.json(toReportJson(found), 200)
      const text = kind === 'md' ? reportAsMarkdown(found) : reportAsCsv(found)
      return c.body(text, 200, textHeaders(kind, `backfill-${id}`))
    })
    .openapi(changes, async (c) => {
      const { id } = c.req.valid('param')
      const kind = formatOf(c, c.req.valid('query').format)
      const found = await deps.reportChanges(id, c.req.raw.signal)
      if (kind === 'json') return c.json(toChangesJson(found), 200)
      const text = kind === 'md' ? `${changesAsMarkdown(found).join('\n\n')}\n` : changesAsCsv(found)
      return c.body(text, 200, textHeaders(kind, `backfill-${id}-changes`))
    })
}
