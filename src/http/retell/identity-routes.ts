import { createRoute, z } from '@hono/zod-openapi'
import { answers, createRouter, retellRefusals } from '../router.ts'
import { organisation } from './organisation.ts'

const identity = createRoute({
  method: 'get',
  path: '/get-api-key-info',
  summary: 'The name of the API key that asks',
  responses: {
    200: answers('whose key it is', z.object({ api_key_name: z.string().nullable(), org_name: z.string() })),
    ...retellRefusals,
  },
})

/** @see retell-sdk 5.66.1, resources/identity.ts */
export function identityRoutes() {
  return createRouter().openapi(identity, (c) =>
    c.json({ api_key_name: c.get('actor').name, org_name: organisation.name }, 200),
  )
}
