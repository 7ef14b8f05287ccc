import { createRoute, z } from '@hono/zod-openapi'
import { notFound } from '../../errors.ts'
import type { App } from '../../sync/index.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, retellRefusals } from '../router.ts'
import { pageKey, pageQuery, readPageKey } from './agent-schemas.ts'
import { organisation } from './organisation.ts'

const syncMappings = z.array(z.object({ field_name: z.string(), external_field_name: z.string() }))

const appSchema = z
  .object({
    app_id: z.string(),
    org_id: z.string(),
    type: z.literal('crm'),
    provider: z.string(),
    name: z.string(),
    connection_status: z.enum(['not_connected', 'connected', 'error']),
    tenant_id: z.string().optional(),
    crm_config: z.object({
      inbound_sync_mappings: syncMappings,
      outbound_sync_mappings: syncMappings,
      sync_conversation_activity: z.boolean(),
      sync_new_contacts: z.boolean(),
    }),
    created_timestamp: z.number(),
    user_modified_timestamp: z.number(),
  })
  .openapi('App')

const params = z.object({ app_id: z.string().min(1) })

const list = createRoute({
  method: 'get',
  path: '/list-apps',
  summary: 'The connections to CRMs, with what their mapping files say',
  request: { query: pageQuery },
  responses: {
    200: answers(
      'a page of them',
      z.object({ items: z.array(appSchema), has_more: z.boolean(), pagination_key: z.string().optional() }),
    ),
    ...retellRefusals,
  },
})

const get = createRoute({
  method: 'get',
  path: '/get-app/{app_id}',
  summary: 'One connection to a CRM',
  request: { params },
  responses: { 200: answers('the connection', appSchema), ...retellRefusals },
})

/** @see reference/retell.md 2.5; retell-sdk 5.66.1, resources/app.ts */
export function appRoutes(deps: Pick<HttpDeps, 'listApps'>) {
  return createRouter()
    .openapi(list, async (c) => {
      const { limit, pagination_key, sort_order } = c.req.valid('query')
      const after = readPageKey(pagination_key, z.int().min(0)) ?? 0
      const apps = (await deps.listApps()).map(toJson)
      // Configured, so few; by name, the other way round where asked for what came last.
      const page = (sort_order === 'ascending' ? apps : apps.toReversed()).slice(after, after + limit)
      const next = after + limit < apps.length ? after + limit : null
      return c.json({ items: page, has_more: next !== null, ...pageKey(next) }, 200)
    })
    .openapi(get, async (c) => {
      const { app_id } = c.req.valid('param')
      const app = (await deps.listApps()).find(({ name }) => name === app_id)
      if (app === undefined) throw notFound('app', app_id)
      return c.json(toJson(app), 200)
    })
}

function toJson({ name, kind, account, since, stopped, ...app }: App): z.infer<typeof appSchema> {
  const pairs = (given: App['inbound']) =>
    given.map(({ field, external }) => ({ field_name: field, external_field_name: external }))
  return {
    app_id: name,
    org_id: organisation.id,
    type: 'crm',
    provider: kind,
    name,
    connection_status: stopped ? 'error' : account === null ? 'not_connected' : 'connected',
    ...(account !== null && { tenant_id: account }),
    crm_config: {
      inbound_sync_mappings: pairs(app.inbound),
      outbound_sync_mappings: pairs(app.outbound),
      sync_conversation_activity: app.logsConversations,
      sync_new_contacts: app.createsRecords,
    },
    created_timestamp: since.getTime(),
    user_modified_timestamp: since.getTime(),
  }
}
