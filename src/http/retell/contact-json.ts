import { z } from '@hono/zod-openapi'
import { type ListedContact, tagIdSchema, tagLabelSchema, tagSchema } from '../../contacts/index.ts'
import { valueSchema } from '../v1/schemas.ts'
import { organisation } from './organisation.ts'

/**
 * The source product changed how tags look between its SDK 5.66.1 (`tags`: labels) and its API of October 2026 (`contact_tags`, written
 * as `contact_tag_ids`): both are told, and either is taken.
 */
export const contactSchema = z
  .object({
    contact_id: z.string(),
    org_id: z.string(),
    phone_number: z.string(),
    first_name: z.string().optional(),
    last_name: z.string().optional(),
    do_not_call: z.boolean(),
    contact_memory: z.string().optional(),
    external_id: z.string().optional().openapi({ description: 'the id of its record in a CRM' }),
    tags: z.array(z.string()),
    contact_tags: z.array(tagSchema),
    custom_fields: z.record(z.string(), z.unknown()),
    conversation_count: z.number(),
    last_conversation_timestamp: z.number().optional(),
    created_timestamp: z.number(),
    user_modified_timestamp: z.number().openapi({ description: 'the last change of it, by whomever' }),
  })
  .openapi('RetellContact')

export function toContactJson(contact: ListedContact): z.infer<typeof contactSchema> {
  const { firstName, lastName, memory, externalId, lastConversationAt: lastAt } = contact
  return {
    contact_id: `contact_${contact.id}`,
    org_id: organisation.id,
    phone_number: contact.number,
    ...(firstName !== null && { first_name: firstName }),
    ...(lastName !== null && { last_name: lastName }),
    do_not_call: contact.doNotCall,
    ...(memory !== null && { contact_memory: memory }),
    ...(externalId !== null && { external_id: externalId }),
    tags: contact.tags.map(({ label }) => label),
    contact_tags: contact.tags,
    // What every contact of ours has beside the source product's fields stands among the custom ones there.
    custom_fields: { ...contact.fields, ...(contact.email !== null && { email: contact.email }) },
    conversation_count: contact.conversations,
    ...(lastAt !== null && { last_conversation_timestamp: lastAt.getTime() }),
    created_timestamp: contact.createdAt.getTime(),
    user_modified_timestamp: contact.changedAt.getTime(),
  }
}

const plain = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => !text.includes('\0'), 'must not contain a NUL character')
const distinct = (texts: string[]) => new Set(texts).size === texts.length

export const labelsSchema = z.array(tagLabelSchema).max(50).refine(distinct, 'must not have the same twice')
const tagIdsSchema = z.array(tagIdSchema).max(50).refine(distinct, 'must not have the same twice')

const name = plain(500).nullable().optional()
const writable = {
  first_name: name,
  last_name: name,
  do_not_call: z.boolean().optional(),
  contact_memory: plain(2_000).nullable().optional(),
  tags: labelsSchema.optional().openapi({ description: 'all its tags, by their labels; a new label joins the list' }),
  contact_tag_ids: tagIdsSchema.optional().openapi({ description: 'all its tags, by their ids' }),
  custom_fields: z.record(z.string(), valueSchema).optional().openapi({ description: 'null clears one' }),
}
const oneOfBoth = ({ tags, contact_tag_ids }: { tags?: unknown; contact_tag_ids?: unknown }) =>
  tags === undefined || contact_tag_ids === undefined
const both = { message: 'name tags or contact_tag_ids, not both', path: ['contact_tag_ids'] }

export const updateSchema = z.strictObject(writable).refine(oneOfBoth, both).openapi('RetellContactUpdate')
export const createSchema = z
  .strictObject({ phone_number: z.string().min(1).max(100), ...writable })
  .refine(oneOfBoth, both)
  .openapi('RetellContactCreate')

/** What a body says of a contact, in our words. */
export function changesIn(body: z.infer<typeof updateSchema>) {
  const { contact_memory: memory, tags, contact_tag_ids: tagIds, custom_fields = {}, ...own } = body
  const { first_name, last_name, do_not_call } = own
  const changes = {
    ...custom_fields,
    ...(first_name !== undefined && { first_name }),
    ...(last_name !== undefined && { last_name }),
    ...(do_not_call !== undefined && { do_not_call }),
  }
  return {
    changes,
    ...(memory !== undefined && { memory: memory?.trim() ? memory : null }),
    ...(tagIds !== undefined && { tagIds }),
    ...(tags !== undefined && { tagLabels: tags }),
  }
}
