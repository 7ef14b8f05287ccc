import { isDeepStrictEqual } from 'node:util'
import { createRoute, z } from '@hono/zod-openapi'
import { streamSSE } from 'hono/streaming'
import type { HttpDeps } from '../deps.ts'
import { createRouter, refusals } from '../router.ts'
import { type statusSchema, toStatusJson } from './backfill-json.ts'
import { numberParams as params } from './schemas.ts'

const everyMs = 1_000

const events = createRoute({
  method: 'get',
  path: '/v1/backfills/{id}/events',
  summary: 'The progress of a backfill as server-sent events, until all it brought about is done',
  request: { params },
  responses: {
    200: {
      description: 'an event `progress` whenever a count changes; its data is the status as JSON',
      content: { 'text/event-stream': { schema: z.string() } },
    },
    ...refusals,
  },
})

export function backfillEvents(deps: Pick<HttpDeps, 'backfillStatus'>) {
  return createRouter().openapi(events, async (c) => {
    const { id } = c.req.valid('param')
    let status = toStatusJson(await deps.backfillStatus(id))
    return streamSSE(c, async (stream) => {
      let told: z.infer<typeof statusSchema> | undefined
      while (!stream.aborted) {
        if (!isDeepStrictEqual(status, told)) await stream.writeSSE({ event: 'progress', data: JSON.stringify(status) })
        told = status
        if (status.settled) return
        await stream.sleep(everyMs)
        status = toStatusJson(await deps.backfillStatus(id))
      }
    })
  })
}
