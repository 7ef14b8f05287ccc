import { createRoute, z } from '@hono/zod-openapi'
import type { Mapping } from '../../mapping/index.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals } from '../router.ts'

const aboutIt = { owner: z.string().optional(), description: z.string().optional() }

const mappingSchema = z
  .object({
    name: z.string(),
    path: z.string(),
    hash: z.string(),
    crm: z.string(),
    connection: z.string(),
    object: z.string(),
    write: z.boolean(),
    ...aboutIt,
    fields: z.array(
      z.object({
        from: z.array(z.string()),
        template: z.string().optional(),
        field: z.string(),
        to: z.string(),
        mode: z.string(),
        line: z.number(),
        ...aboutIt,
      }),
    ),
  })
  .openapi('Mapping')

const problemSchema = z.object({ path: z.string(), line: z.int(), column: z.int(), message: z.string() })

const listSchema = z.object({
  items: z.array(mappingSchema),
  problems: z
    .array(problemSchema)
    .describe('what is wrong with the files as saved; while there is any, `items` stay in force'),
  checked_at: z.iso.datetime().nullable().describe('when this process last read the files'),
})

const list = createRoute({
  method: 'get',
  path: '/v1/mappings',
  summary: 'The mapping files in force, as every process folds with them',
  responses: { 200: answers('the mappings', listSchema), ...refusals },
})

export function mappingRoutes(deps: Pick<HttpDeps, 'listMappings' | 'mappingFiles'>) {
  return createRouter().openapi(list, async (c) => {
    const { checkedAt, problems } = deps.mappingFiles()
    const items = (await deps.listMappings()).map(toJson)
    return c.json({ items, problems, checked_at: checkedAt?.toISOString() ?? null }, 200)
  })
}

function toJson(mapping: Mapping): z.infer<typeof mappingSchema> {
  const { name, path, fileHash: hash, crm, connection, object, write, rules } = mapping
  const fields = rules.map((rule) => {
    const { from, template, contactField, field, mode, line } = rule
    return {
      from,
      ...(template === undefined ? {} : { template }),
      field: contactField,
      to: field,
      mode,
      line,
      ...about(rule),
    }
  })
  return { name, path, hash, crm, connection, object, write, ...about(mapping), fields }
}

function about({ owner, description }: Pick<Mapping, 'owner' | 'description'>) {
  return { ...(owner === undefined ? {} : { owner }), ...(description === undefined ? {} : { description }) }
}
