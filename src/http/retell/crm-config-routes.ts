import { createRoute, z } from '@hono/zod-openapi'
import { tagSchema } from '../../contacts/index.ts'
import { AppError } from '../../errors.ts'
import { type CrmConfig, toRetellField } from '../../sync/index.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, retellConflict, retellRefusals, takes } from '../router.ts'
import { organisation } from './organisation.ts'

const fieldSchema = z
  .object({
    name: z.string(),
    type: z.enum(['string', 'number', 'boolean', 'date', 'datetime', 'enum']),
    label: z.string().optional(),
    description: z.string().optional(),
    options: z.array(z.string()).optional().describe('the values that an enum takes'),
  })
  .openapi('CrmCustomField')

const mappingSchema = z
  .object({
    field_name: z.string(),
    analysis_data_name: z.string(),
    update_mode: z.enum(['overwrite', 'fill_if_empty', 'merge']),
  })
  .openapi('CrmAnalysisDataMapping')

const shared = {
  custom_fields: z.array(fieldSchema).optional(),
  crm_analysis_data_mappings: z.array(mappingSchema).optional(),
  contact_columns_order: z.array(z.string()).optional(),
}

const configSchema = z
  .object({
    org_id: z.string(),
    app_id: z.string().optional(),
    last_sync_timestamp: z.number().optional(),
    ...shared,
    /** Of the SDK 5.66.1 labels alone, and not to be written; objects since October 2026. */
    contact_tags: z.array(tagSchema),
    contact_memory_update_prompt: z.string().nullable(),
    default_contact_memory_update_prompt: z.string(),
  })
  .openapi('CrmConfig')

const updateSchema = z
  .looseObject({
    app_id: z.string().nullish(),
    ...shared,
    contact_tags: z.array(tagSchema).nullish(),
    contact_memory_update_prompt: z.string().max(2_000).nullish(),
  })
  .openapi('CrmConfigUpdate')

const get = createRoute({
  method: 'get',
  path: '/get-crm-config',
  summary: 'The custom fields of our contacts and what is mapped to them, as mapping files have it',
  responses: { 200: answers('the configuration', configSchema), ...retellRefusals },
})

const update = createRoute({
  method: 'post',
  path: '/update-crm-config',
  summary: 'Changes custom fields and mappings in the mapping file of our contacts; what is absent stays',
  request: { body: takes(updateSchema) },
  responses: { 200: answers('the configuration as it is now', configSchema), ...retellRefusals, ...retellConflict },
})

const schema = createRoute({
  method: 'get',
  path: '/get-crm-schema',
  summary: "The fields of the CRM's contacts, asked now",
  request: { query: z.object({ app_id: z.string().optional() }) },
  responses: {
    200: answers('its fields', z.object({ provider: z.string(), fields: z.array(fieldSchema) })),
    ...retellRefusals,
  },
})

/** @see reference/retell.md 2.4; retell-sdk 5.66.1, resources/crm.ts */
export function crmConfigRoutes(deps: Pick<HttpDeps, 'readCrmConfig' | 'updateCrmConfig' | 'describeCrm'>) {
  return createRouter()
    .openapi(get, async (c) => c.json(toJson(await deps.readCrmConfig()), 200))
    .openapi(update, async (c) => {
      const body = c.req.valid('json')
      return c.json(toJson(await deps.updateCrmConfig({ update: body, actor: c.get('actor') })), 200)
    })
    .openapi(schema, async (c) => {
      const connection = c.req.valid('query').app_id ?? (await deps.readCrmConfig()).connection
      if (connection === null) throw noApp()
      const { crm, fields } = await deps.describeCrm(connection)
      return c.json({ provider: crm, fields: fields.map(toRetellField) }, 200)
    })
}

function toJson(config: CrmConfig): z.infer<typeof configSchema> {
  const {
    connection,
    syncedAt,
    customFields,
    analysisMappings,
    contactTags,
    contactColumnsOrder,
    contactMemoryUpdatePrompt,
  } = config
  return {
    org_id: organisation.id,
    ...(connection !== null && { app_id: connection }),
    ...(syncedAt !== null && { last_sync_timestamp: syncedAt.getTime() }),
    custom_fields: customFields,
    crm_analysis_data_mappings: analysisMappings,
    ...(contactColumnsOrder !== null && { contact_columns_order: contactColumnsOrder }),
    contact_memory_update_prompt: contactMemoryUpdatePrompt,
    contact_tags: contactTags,
    // We keep a contact's memory as it is given and rewrite it by no prompt.
    default_contact_memory_update_prompt: '',
  }
}

function noApp(): AppError {
  const message = 'no CRM is linked: a mapping file says which connection is written to'
  return new AppError('app.not_found', 'skip', message, { status: 404 })
}
