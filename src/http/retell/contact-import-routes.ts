import { createRoute, z } from '@hono/zod-openapi'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, retellRefusals, takes } from '../router.ts'
import { labelsSchema } from './contact-json.ts'
import { contactJobSchema, toJobJson } from './job-json.ts'
import { readFilePart } from './read-file-part.ts'

const upload = createRoute({
  method: 'post',
  path: '/upload-contact-import-file',
  summary: 'Keeps a CSV file of contacts (UTF-8, up to 100 MiB) for create-contact-import',
  request: {
    body: {
      required: true,
      content: {
        'multipart/form-data': { schema: z.object({ file: z.string().openapi({ format: 'binary' }) }) },
      },
    },
  },
  responses: {
    201: answers('what to name it by', z.object({ upload_id: z.string(), file_name: z.string() })),
    ...retellRefusals,
  },
})

/** To be mounted before bodies are read: a file is taken in as it arrives, however large it is. */
export function contactUploadRoutes(deps: Pick<HttpDeps, 'uploadContacts'>) {
  const router = createRouter()
  router.openAPIRegistry.registerPath({ ...upload })
  // Not by `openapi`, which reads a form whole before we see it.
  router.post(upload.path, async (c) => {
    const kept = await readFilePart(c.req.raw.body, c.req.header('content-type'), (file) => deps.uploadContacts(file))
    return c.json({ upload_id: kept.uploadId, file_name: kept.fileName }, 201)
  })
  return router
}

const mappingSchema = z.object({
  field_name: z.string().min(1).max(100),
  external_field_name: z.string().min(1).max(500),
})

const askedSchema = z
  .strictObject({
    upload_id: z.string().regex(/^upload_[a-f0-9]+$/),
    column_mapping: z.array(mappingSchema).min(1).max(200),
    default_country: z
      .string()
      .regex(/^[A-Za-z]{2}$/, 'expected a country of two letters, such as US')
      .optional(),
    tags: labelsSchema.optional(),
    contact_tags: labelsSchema.optional(),
  })
  .openapi('ContactImport')

const create = createRoute({
  method: 'post',
  path: '/create-contact-import',
  summary:
    'Imports an uploaded file: contacts that are new, and what its filled cells say of all; one import at a time',
  request: { body: takes(askedSchema) },
  responses: { 202: answers('it waits for a worker', contactJobSchema), ...retellRefusals },
})

const status = createRoute({
  method: 'get',
  path: '/get-contact-import',
  summary: 'How far the newest import of a file is, and what it has come to',
  responses: { 200: answers('its counts', contactJobSchema), ...retellRefusals },
})

/** Labels are `tags` in retell-sdk 5.66.1 and `contact_tags` in later versions. @see reference/retell.md 2.6 */
export function contactImportRoutes(deps: Pick<HttpDeps, 'createContactImport' | 'getContactImport'>) {
  return createRouter()
    .openapi(create, async (c) => {
      const { upload_id: uploadId, column_mapping, default_country, tags = [], contact_tags = [] } = c.req.valid('json')
      const job = await deps.createContactImport({
        uploadId,
        columns: column_mapping.map(({ field_name: field, external_field_name: header }) => ({ field, header })),
        ...(default_country && { defaultCountry: default_country.toUpperCase() }),
        tags: [...new Set([...tags, ...contact_tags])],
        actor: c.get('actor'),
      })
      return c.json(toJobJson(job), 202)
    })
    .openapi(status, async (c) => c.json(toJobJson(await deps.getContactImport()), 200))
}
