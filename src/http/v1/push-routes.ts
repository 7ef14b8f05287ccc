import { createRoute, z } from '@hono/zod-openapi'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals } from '../router.ts'

const calls = z.object({ read: z.number(), history: z.number(), write: z.number() })

const hold = z.object({ why: z.string(), until: z.iso.datetime() })

const failure = z.object({ failed: z.object({ code: z.string(), message: z.string() }) })

const pushSchema = z
  .union([z.object({ records: z.number(), written: z.number(), calls, hold: hold.nullable() }), failure])
  .nullable()
  .openapi('PushReport', {
    description: 'null: another pusher is at this connection; `failed`: this one alone was not pushed',
  })

const push = createRoute({
  method: 'post',
  path: '/v1/push',
  summary: 'Pushes what is marked now, of one connection or of all, and answers when it is done',
  request: {
    body: { content: { 'application/json': { schema: z.object({ connection: z.string().min(1).optional() }) } } },
  },
  responses: {
    200: answers('per connection', z.object({ connections: z.record(z.string(), pushSchema) })),
    ...refusals,
  },
})

export function pushRoutes(deps: Pick<HttpDeps, 'pushRecords'>) {
  return createRouter().openapi(push, async (c) => {
    const { connection } = c.req.valid('json') ?? {}
    const connections = await deps.pushRecords({
      actor: c.get('actor'),
      ...(connection !== undefined && { connection }),
    })
    return c.json({ connections: Object.fromEntries(Object.entries(connections).map(toReportJson)) }, 200)
  })
}

type Pushed = Awaited<ReturnType<HttpDeps['pushRecords']>>[string]

function toReportJson([connection, pushed]: [string, Pushed]): [string, z.infer<typeof pushSchema>] {
  if (pushed === null || 'failed' in pushed) return [connection, pushed]
  const { hold, ...report } = pushed
  return [connection, { ...report, hold: hold && { why: hold.why, until: hold.until.toISOString() } }]
}
