import type { World } from '../../support/world.ts'

/** A mapping that writes the plan a caller names, matched by e-mail, number or the id in the metadata. */
export const planMapping = `
version: 1
crm: hubspot
connection: main
object: contacts
match:
  - record_id: metadata.hubspot.id
  - email: metadata.email
  - number: { of: [from_or_to, metadata.phone_number], in: [phone, mobilephone] }
fields: [{ from: plan, to: plan_wanted }]
`

/** How a conversation is linked: to which record of the CRM, by which step. */
export async function linkOf({ db }: World, conversationId: string) {
  return db
    .selectFrom('links')
    .leftJoin('crm_records', 'crm_records.id', 'links.record_id')
    .select(['state', 'step', 'external_id as record'])
    .where('conversation_id', '=', conversationId)
    .executeTakeFirst()
}
