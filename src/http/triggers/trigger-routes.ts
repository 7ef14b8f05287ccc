import { createRoute, z } from '@hono/zod-openapi'
import { notFound } from '../../errors.ts'
import { baseOf } from '../base-of.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals, takes } from '../router.ts'
import { readAsk } from './read-ask.ts'
import {
  acceptedSchema,
  requestSchema,
  statusPath,
  statusSchema,
  toAcceptedJson,
  toRequestJson,
  toStatusJson,
} from './request-json.ts'

const bodySchema = z.unknown().openapi({
  type: 'object',
  properties: {
    record_id: { type: 'string', description: 'also recordId, objectId, hs_object_id, vid, Id, id, as text or number' },
    object: { type: 'string', description: 'needed where the mapping files of the connection name several' },
    conversations: { type: 'string', enum: ['latest', 'all', 'since'], default: 'latest' },
    since: { type: 'string', description: 'a date, a time with its zone, or epoch milliseconds' },
    most: { type: 'integer', minimum: 1, maximum: 200, default: 20 },
    request_key: { type: 'string', description: 'the same again asks for the same once; also as Idempotency-Key' },
  },
})

const text = z.string().optional()
const ask = createRoute({
  method: 'post',
  path: '/v1/triggers/{connection}',
  operationId: 'rerunForRecord',
  summary: 'Reruns the conversations of one CRM record and pushes what comes of it; answers at once, with where to ask',
  request: {
    params: z.object({ connection: z.string().min(1) }),
    query: z.object({ record_id: text, object: text, conversations: text, since: text, most: text }),
    headers: z.object({ 'idempotency-key': text }),
    body: { ...takes(bodySchema), required: false },
  },
  responses: { 202: answers('stored; a worker takes it up', acceptedSchema), ...refusals },
})

const list = createRoute({
  method: 'get',
  path: statusPath,
  summary: 'The newest requests of CRM records, of one connection or record where asked',
  request: { query: z.object({ connection: text, record_id: text }) },
  responses: { 200: answers('newest first', z.object({ items: z.array(requestSchema) })), ...refusals },
})

const get = createRoute({
  method: 'get',
  path: `${statusPath}/{id}`,
  summary: 'What became of a request: in a sentence, per conversation, and per CRM field before and after',
  request: { params: z.object({ id: z.string().openapi({ example: 'trigger_12' }) }) },
  responses: { 200: answers('the request as it stands', statusSchema), ...refusals },
})

/**
 * Reruns asked for by CRMs. What becomes of one is told at its address, a refusal too: at a 4xx HubSpot's workflow gives up its
 * step, and after a 429 or 5xx it sends again for three days.
 * @see https://knowledge.hubspot.com/workflows/send-get-requests-with-hubspot-workflows
 */
export function triggerRoutes(deps: Pick<HttpDeps, 'rerunForRecord' | 'readRequest' | 'listRequests'>) {
  return createRouter()
    .openapi(ask, async (c) => {
      const { connection } = c.req.valid('param')
      const sent = { body: c.req.valid('json'), query: c.req.valid('query') }
      const wanted = readAsk(connection, { ...sent, idempotencyKey: c.req.valid('header')['idempotency-key'] })
      const actor = { kind: 'trigger', name: connection } as const
      const request = await deps.rerunForRecord({ ask: wanted, actor, keyName: c.get('actor').name })
      return c.json(toAcceptedJson(request, baseOf(c)), 202)
    })
    .openapi(list, async (c) => {
      const { connection = null, record_id: recordId = null } = c.req.valid('query')
      const items = await deps.listRequests({ connection, recordId })
      return c.json({ items: items.map((item) => toRequestJson(item, baseOf(c))) }, 200)
    })
    .openapi(get, async (c) => {
      const { id } = c.req.valid('param')
      const [, number] = /^trigger_([1-9]\d{0,14})$/.exec(id) ?? []
      if (number === undefined) throw notFound('trigger', id)
      return c.json(toStatusJson(await deps.readRequest(Number(number)), baseOf(c)), 200)
    })
}
