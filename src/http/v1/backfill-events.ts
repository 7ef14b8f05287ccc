import { isDeepStrictEqual } from 'node:util'
import { createRoute, z } from '@hono/zod-openapi'
import { streamSSE } from 'hono/streaming'
import type { HttpDeps } from '../deps.ts'
import { createRouter, refusals } from '../router.ts'
import { numberParams as params } from './schemas.ts'
import { type statusSchema, toStatusJson } from './status-json.ts'

const events = createRoute({
  method: 'get',
  path: '/v1/backfills/{id}/events',
  summary: 'The progress of a backfill as server-sent events, until all it brought about is done',
  request: { params },
  responses: {
    200: {
      description:
        'an event `progress` whenever a count changes, its data the status as JSON; a comment where nothing has for 15 seconds; `end`, with the same data, when all is settled. A connection that breaks off before that can be opened again: its first event tells everything',
      content: { 'text/event-stream': { schema: z.string() } },
    },
    ...refusals,
  },
})

/** How often progress is looked up, and after what silence a comment keeps proxies from cutting the connection. */
const pace = { everyMs: 1_000, heartbeatMs: 15_000 }

export function backfillEvents(
  deps: Pick<HttpDeps, 'backfillStatus' | 'log'>,
  { everyMs, heartbeatMs }: typeof pace = pace,
) {
  return createRouter().openapi(events, async (c) => {
    const { id } = c.req.valid('param')
    let status = toStatusJson(await deps.backfillStatus(id))
    // A proxy that gathers what it passes on would show it all at the end.
    c.header('x-accel-buffering', 'no')
    return streamSSE(c, async (stream) => {
      let told: z.infer<typeof statusSchema> | undefined
      let toldAt = 0
      while (!stream.aborted) {
        // Each write waits until the reader takes it: a slow one is told less often, and nothing piles up for it.
        if (!isDeepStrictEqual(status, told)) {
          await stream.writeSSE({ event: 'progress', data: JSON.stringify(status) })
          ;[told, toldAt] = [status, performance.now()]
        } else if (performance.now() - toldAt >= heartbeatMs) {
          await stream.write(': nothing new\n\n')
          toldAt = performance.now()
        }
        if (status.settled) return void (await stream.writeSSE({ event: 'end', data: JSON.stringify(status) }))
        await stream.sleep(everyMs)
        try {
          status = toStatusJson(await deps.backfillStatus(id))
        } catch (error) {
          // Who watches opens it again, as after any break; the first answer then says what is wrong.
          return deps.log.warn({ backfillId: id, error: String(error) }, 'the events of a backfill break off')
        }
      }
    })
  })
}
