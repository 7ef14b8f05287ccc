import { badOrder } from '../refusal.ts'
import type { Field } from './fields.ts'
import type { Org } from './org.ts'
import { addRecord, changeRecord, fieldOf, objectOf, recordsOf, type SalesRecord, type Value } from './records.ts'
import { storedValue } from './render.ts'
import { usersOf } from './users.ts'

/** What the new contact takes over. */
const TAKEN_OVER = [
  'LastName',
  'FirstName',
  'Salutation',
  'Title',
  'Phone',
  'MobilePhone',
  'Fax',
  'Email',
  'LeadSource',
]

/** Converts as a person does: a new account and a new contact that has the tasks, and a lead that nobody can change any more. */
export function convertLead(org: Org, lead: SalesRecord): { contactId: string; accountId: string } {
  if (lead.object !== 'Lead' || storedValue(lead, 'IsConverted') === true) throw badOrder(`${lead.id} is no open lead`)
  const account = create(org, 'Account', { Name: storedValue(lead, 'Company') })
  const taken = TAKEN_OVER.map((name) => [name, storedValue(lead, name)] as const).filter(([, value]) => value !== null)
  const contact = create(org, 'Contact', { ...Object.fromEntries(taken), AccountId: account.id })
  write(org, lead, {
    IsConverted: true,
    ConvertedDate: new Date(org.clock()).toISOString().slice(0, 10),
    ConvertedAccountId: account.id,
    ConvertedContactId: contact.id,
    Status: 'Closed - Converted',
  })
  for (const task of recordsOf(org, 'Task'))
    if (storedValue(task, 'WhoId') === lead.id) write(org, task, { WhoId: contact.id })
  return { contactId: contact.id, accountId: account.id }
}

function create(org: Org, type: string, values: Record<string, Value>): SalesRecord {
  const object = objectOf(org, type)
  if (!object) throw badOrder(`there is no object ${type}`)
  const record = addRecord(org, object, { by: usersOf(org.userId).person.id, at: org.clock() })
  write(org, record, { ...values, OwnerId: usersOf(org.userId).person.id })
  return record
}

function write(org: Org, record: SalesRecord, values: Record<string, Value>): void {
  const object = objectOf(org, record.object)
  const fields = new Map<Field, Value>()
  for (const [name, value] of Object.entries(values)) {
    const field = object && fieldOf(object, name)
    if (field) fields.set(field, value)
  }
  changeRecord(org, record, fields, { by: usersOf(org.userId).person.id, at: org.clock() })
}
