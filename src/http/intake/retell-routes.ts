import { createRoute, z } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import { AppError } from '../../errors.ts'
import type { HttpDeps } from '../deps.ts'
import { parseJson } from '../read-json.ts'
import { createRouter, retellRefusals, takes } from '../router.ts'
import { verifyRetell } from './verify-retell.ts'

const event = createRoute({
  method: 'post',
  path: '/intake/retell',
  summary: 'Takes the webhooks of Retell accounts; their signature is their key',
  security: [],
  request: {
    headers: z.object({
      'x-retell-signature': z.string().optional().openapi({ description: 'v=<milliseconds>,d=<HMAC-SHA256 in hex>' }),
    }),
    body: takes(z.looseObject({ event: z.string() }).openapi('RetellEvent')),
  },
  responses: {
    204: { description: 'taken in, known already, or an event of no interest' },
    400: retellRefusals[400],
    401: retellRefusals[401],
  },
})

/** A transcript with the times of its words; longer ones than two hours are not sent. */
const limit = bodyLimit({
  maxSize: 16 * 1024 * 1024,
  onError: () => {
    throw new AppError('request.too_large', 'skip', 'an event may have 16 MiB', { status: 413 })
  },
})

/** To be mounted before API keys are asked for, and before bodies are read: the signature is over the body as it was sent. */
export function retellIntake(deps: Pick<HttpDeps, 'retellKeys' | 'takeRetellEvent'>) {
  const router = createRouter()
  router.openAPIRegistry.registerPath(event)
  router.post(event.path, limit, async (c) => {
    const body = await c.req.text()
    const account = await verifyRetell(deps.retellKeys, body, c.req.header('x-retell-signature'))
    if (account === undefined) {
      throw new AppError('intake.signature', 'stop', 'the signature is missing, wrong or too old', { status: 401 })
    }
    c.set('actor', { kind: 'system', name: `retell:${account}` })
    await deps.takeRetellEvent({ event: parseJson(body), account })
    return c.body(null, 204)
  })
  return router
}
