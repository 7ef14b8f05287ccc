import { createRoute } from '@hono/zod-openapi'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals } from '../router.ts'
import { backfillSchema, toBackfillJson } from './backfill-json.ts'
import { numberParams as params } from './schemas.ts'

const moves = {
  start: 'Starts a planned backfill, with exactly what its plan froze',
  pause: 'Stops taking up conversations; what is found but not pushed is held',
  resume: 'Goes on with a paused backfill',
  go_on: 'Lets a backfill go on that its canary has stopped: what is held is released, the rest is taken up',
  cancel: 'Ends a backfill for good; what it has pushed stays until it is undone',
}

type Deps = Pick<HttpDeps, 'startBackfill' | 'pauseBackfill' | 'resumeBackfill' | 'goOnBackfill' | 'cancelBackfill'>

/** From one state of a backfill to another. Asked for a second time, or from a state that does not allow it: 409. */
export function backfillMoves(deps: Deps) {
  const useCases = {
    start: deps.startBackfill,
    pause: deps.pauseBackfill,
    resume: deps.resumeBackfill,
    go_on: deps.goOnBackfill,
    cancel: deps.cancelBackfill,
  }
  const router = createRouter()
  for (const move of ['start', 'pause', 'resume', 'go_on', 'cancel'] as const) {
    const route = createRoute({
      method: 'post',
      path: `/v1/backfills/{id}/${move}`,
      summary: moves[move],
      request: { params },
      responses: { 200: answers('the backfill as it is now', backfillSchema), ...refusals },
    })
    router.openapi(route, async (c) => {
      const moved = await useCases[move]({ id: c.req.valid('param').id, actor: c.get('actor') })
      return c.json(toBackfillJson(moved), 200)
    })
  }
  return router
}
