import { createRoute, z } from '@hono/zod-openapi'
import { AppError } from '../../errors.ts'
import { parseContactFilter } from '../../filters/index.ts'
import type { HttpDeps } from '../deps.ts'
import { answers, createRouter, retellRefusals, takes } from '../router.ts'
import { changesIn, contactSchema, createSchema, toContactJson, updateSchema } from './contact-json.ts'

const params = z.object({ contact_id: z.string().min(1) })
const answer = answers('the contact', contactSchema)

const create = createRoute({
  method: 'post',
  path: '/create-contact',
  summary: 'Adds a contact of a phone number, which no contact has yet',
  request: { body: takes(createSchema) },
  responses: { 201: answer, ...retellRefusals },
})

const update = createRoute({
  method: 'patch',
  path: '/update-contact/{contact_id}',
  summary: 'Sets fields of a contact, as a person does: what is not named stays, rules decide again at once',
  request: { params, body: takes(updateSchema) },
  responses: { 200: answer, ...retellRefusals },
})

const get = createRoute({
  method: 'get',
  path: '/get-contact/{contact_id}',
  summary: 'One contact',
  request: { params },
  responses: { 200: answer, ...retellRefusals },
})

const byPhone = createRoute({
  method: 'get',
  path: '/get-contact-by-phone/{phone_number}',
  summary: 'The contact of a phone number, in E.164 or any other format',
  request: { params: z.object({ phone_number: z.string().min(1).max(100) }) },
  responses: { 200: answer, ...retellRefusals },
})

const remove = createRoute({
  method: 'delete',
  path: '/delete-contact/{contact_id}',
  summary: 'Deletes a contact, unless its CRM record is synced both ways; its conversations stay',
  request: { params },
  responses: { 204: { description: 'it is gone' }, ...retellRefusals },
})

const listSchema = z
  .strictObject({
    filter_criteria: z.record(z.string(), z.unknown()).nullish(),
    search_query: z.string().max(200).nullish(),
    sort_order: z.enum(['asc', 'desc']).default('desc'),
    limit: z.int().min(1).max(1_000).default(50),
    skip: z.int().min(0).max(1_000_000).optional(),
    pagination_key: z.string().max(200).nullish(),
    excluded_contact_ids: z.array(z.string()).max(1_000).default([]),
  })
  .refine(({ skip, pagination_key: key }) => !(skip && key), {
    message: 'name skip or pagination_key, not both',
    path: ['skip'],
  })
  .openapi('RetellContactList')

const pageSchema = z.object({
  items: z.array(contactSchema),
  has_more: z.boolean(),
  pagination_key: z.string().optional(),
  total: z.number(),
})

const list = createRoute({
  method: 'post',
  path: '/list-contacts',
  summary:
    'Contacts by their last conversation, newest first; a search_query looks at every contact (about 1 s per 100,000)',
  request: { body: { required: false, content: { 'application/json': { schema: listSchema } } } },
  responses: { 200: answers('a page of contacts, and how many there are', pageSchema), ...retellRefusals },
})

type Deps = Pick<
  HttpDeps,
  'createContact' | 'editContact' | 'getContact' | 'getContactByNumber' | 'deleteContact' | 'listContacts'
>

/**
 * Contacts with a number: others are under `/v1/contacts`. Sorted as in retell-sdk 5.66.1, by the last conversation; later versions of
 * the source product sort by creation.
 * @see reference/retell.md 2.6; retell-sdk 5.66.1, resources/contact.ts
 */
export function retellContactRoutes(deps: Deps) {
  return createRouter()
    .openapi(create, async (c) => {
      const { phone_number: number, ...body } = c.req.valid('json')
      const by = { actor: c.get('actor'), reason: `POST ${create.path}` }
      return c.json(toContactJson(await deps.createContact({ number, ...changesIn(body), ...by })), 201)
    })
    .openapi(update, async (c) => {
      const { contact_id: contact } = c.req.valid('param')
      await deps.getContact(contact)
      const by = { actor: c.get('actor'), reason: `PATCH ${update.path}` }
      await deps.editContact({ contact, ...changesIn(c.req.valid('json')), ...by })
      return c.json(toContactJson(await deps.getContact(contact)), 200)
    })
    .openapi(get, async (c) => c.json(toContactJson(await deps.getContact(c.req.valid('param').contact_id)), 200))
    .openapi(byPhone, async (c) => {
      return c.json(toContactJson(await deps.getContactByNumber(c.req.valid('param').phone_number)), 200)
    })
    .openapi(remove, async (c) => {
      const by = { actor: c.get('actor'), reason: `DELETE ${remove.path}` }
      await deps.deleteContact({ contact: c.req.valid('param').contact_id, ...by })
      return c.body(null, 204)
    })
    .openapi(list, async (c) => {
      // A request without a body has no content type, and is not looked at.
      const asked = listSchema.parse(c.req.valid('json') ?? {})
      const { items, next, total } = await deps.listContacts({
        conditions: readConditions(asked.filter_criteria ?? {}),
        ...(asked.search_query && { search: asked.search_query }),
        except: asked.excluded_contact_ids,
        limit: asked.limit,
        order: asked.sort_order,
        ...(asked.pagination_key && { after: asked.pagination_key }),
        ...(asked.skip && { skip: asked.skip }),
      })
      const more = next === null ? { has_more: false } : { has_more: true, pagination_key: next }
      return c.json({ items: items.map(toContactJson), ...more, total }, 200)
    })
}

function readConditions(criteria: unknown) {
  const parsed = parseContactFilter(criteria)
  if ('conditions' in parsed) return parsed.conditions
  const problems = parsed.errors.map(({ path, message }) => `${['filter_criteria', ...path].join('.')}: ${message}`)
  throw new AppError('request.invalid', 'skip', problems.join('; '), { status: 400, facts: { problems } })
}
