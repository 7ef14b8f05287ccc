import { ownFields } from '../mapping/index.ts'
import type { Contact } from './contact-store.ts'

/** What a contact's field holds, by the name that rules and people give it: text, a number, true or false, a list, or null. Pure. */
export function heldIn(contact: Contact, field: string): unknown {
  switch (field) {
    case 'number':
      return contact.number
    case 'email':
      return contact.email
    case 'first_name':
      return contact.firstName
    case 'last_name':
      return contact.lastName
    case 'do_not_call':
      return contact.doNotCall
    default:
      return Object.hasOwn(contact.fields, field) ? contact.fields[field] : null
  }
}

/** The contact with this value in a field; null takes a custom field away. The number stays. Pure. */
export function withValue(contact: Contact, field: string, value: unknown): Contact {
  const text = typeof value === 'string' ? value : null
  switch (field) {
    case 'number':
      return contact
    case 'email':
      return { ...contact, email: text?.toLowerCase() ?? null }
    case 'first_name':
      return { ...contact, firstName: text }
    case 'last_name':
      return { ...contact, lastName: text }
    case 'do_not_call':
      return { ...contact, doNotCall: value === true }
    default: {
      const { [field]: _before, ...others } = contact.fields
      return { ...contact, fields: value === null ? others : { ...others, [field]: value } }
    }
  }
}

/** Every field that one of two states of a contact has. Pure. */
export function fieldsOf(...states: Contact[]): string[] {
  return [...new Set([...ownFields, ...states.flatMap(({ fields }) => Object.keys(fields))])]
}
