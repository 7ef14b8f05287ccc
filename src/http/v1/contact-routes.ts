import { createRoute, z } from '@hono/zod-openapi'
import type { FoundContact } from '../../contacts/index.ts'
import type { ContactMatch } from '../../sync/index.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, refusals, takes } from '../router.ts'
import { explanationSchema, toExplanationJson } from './explanation-json.ts'
import { idParams, reasonSchema, valueSchema } from './schemas.ts'

const contactSchema = z
  .object({
    id: z.string(),
    number: z.string().nullable(),
    email: z.string().nullable(),
    first_name: z.string().nullable(),
    last_name: z.string().nullable(),
    do_not_call: z.boolean(),
    fields: z.record(z.string(), z.unknown()),
    records: z.array(z.object({ connection: z.string(), object: z.string(), external_id: z.string() })),
    matches: z
      .array(
        z.object({
          mapping: z.string(),
          connection: z.string(),
          state: z.enum(['matched', 'none', 'parked']),
          record: z.string().nullable(),
          step: z.string().nullable(),
          conversations: z.number(),
        }),
      )
      .openapi({ description: 'its conversations, counted by the record they came to and the step that matched' }),
  })
  .openapi('Contact')

const get = createRoute({
  method: 'get',
  path: '/v1/contacts/{id}',
  summary: 'A contact (`contact_12`, a number or an e-mail) and the CRM records that are the same person',
  request: { params: idParams },
  responses: { 200: answers('the contact', contactSchema), ...refusals },
})

const editSchema = z
  .strictObject({
    first_name: z.string().nullable(),
    last_name: z.string().nullable(),
    email: z.string().nullable(),
    do_not_call: z.boolean(),
    fields: z.record(z.string(), valueSchema),
    reason: reasonSchema,
  })
  .partial()
  .openapi('ContactEdit')

const edit = createRoute({
  method: 'patch',
  path: '/v1/contacts/{id}',
  summary: 'Sets fields of a contact by hand: null empties one, what is not named stays. Rules decide again at once',
  request: { params: idParams, body: takes(editSchema) },
  responses: { 200: answers('the contact', contactSchema), ...refusals },
})

const why = createRoute({
  method: 'get',
  path: '/v1/contacts/{id}/fields/{field}',
  summary: 'Why a CRM field of a contact holds what it holds, back to the words in the transcript',
  request: {
    params: idParams.extend({ field: z.string().min(1) }),
    query: z.object({
      limit: z.coerce.number().pipe(z.int().min(1).max(1_000)).default(20),
      live: z.enum(['true', 'false']).default('false').openapi({ description: 'read what the CRM holds now, too' }),
    }),
  },
  responses: { 200: answers('the whole chain, per record', explanationSchema), ...refusals },
})

const erase = createRoute({
  method: 'delete',
  path: '/v1/contacts/{id}',
  summary: 'Erases a person for good: contact, conversations and everything found in them; the CRM is left alone',
  request: { params: idParams, query: z.object({ reason: reasonSchema.optional() }) },
  responses: {
    200: answers(
      'what is gone',
      z.object({ run_id: z.number(), conversations: z.number(), records: z.number(), shared_records: z.number() }),
    ),
    ...refusals,
  },
})

export function contactRoutes(deps: Pick<HttpDeps, 'findContact' | 'editContact' | 'explainField' | 'eraseContact'>) {
  return createRouter()
    .openapi(get, async (c) => c.json(toJson(await deps.findContact(c.req.valid('param').id)), 200))
    .openapi(edit, async (c) => {
      const { reason = 'edited by API', fields = {}, ...own } = c.req.valid('json')
      // One name space: what every contact has, and what rules and people have added.
      const changes = { ...fields, ...defined(own) }
      const contact = c.req.valid('param').id
      return c.json(toJson(await deps.editContact({ contact, changes, actor: c.get('actor'), reason })), 200)
    })
    .openapi(erase, async (c) => {
      const { reason = `DELETE ${erase.path}` } = c.req.valid('query')
      const input = { contact: c.req.valid('param').id, actor: c.get('actor'), reason }
      const { runId, conversations, records, shared } = await deps.eraseContact(input)
      return c.json({ run_id: runId, conversations, records, shared_records: shared }, 200)
    })
    .openapi(why, async (c) => {
      const { id, field } = c.req.valid('param')
      const { limit, live } = c.req.valid('query')
      const input = { contact: id, field, limit, live: live === 'true' }
      return c.json(toExplanationJson(await deps.explainField(input)), 200)
    })
}

/** Without what was not named. */
function defined<T>(named: Record<string, T | undefined>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(named).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
}

function toJson(contact: FoundContact & { matches: ContactMatch[] }): z.infer<typeof contactSchema> {
  const { number, email, fields, records, matches } = contact
  return {
    id: `contact_${contact.id}`,
    number,
    email,
    first_name: contact.firstName,
    last_name: contact.lastName,
    do_not_call: contact.doNotCall,
    fields,
    records: records.map(({ connection, object, externalId }) => ({ connection, object, external_id: externalId })),
    matches,
  }
}
