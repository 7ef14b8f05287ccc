/** The fields that every contact of ours has, by the names that rules and people give them. */
export const ownFields = ['number', 'email', 'first_name', 'last_name', 'do_not_call'] as const

const word = /^[a-z][a-z0-9_]{0,63}$/
/** What a contact is told with beside its fields, here and in the source product. */
const taken = ['id', 'fields', 'records', 'phone_number', 'custom_fields', 'org_id', 'tags', 'created_timestamp']

/** Why no rule and no person can write this field of our own contacts; null where they can. Pure. */
export function ownFieldProblem(name: string): string | null {
  if (name === 'number') return "a contact's number cannot be changed"
  if (ownFields.some((own) => own === name)) return null
  if (!word.test(name)) return 'expected a word of a-z, 0-9 and _ that starts with a letter, at most 64 characters'
  if (taken.includes(name)) return `"${name}" is taken; choose another name`
  if (/^(contact|external)/.test(name)) return 'names that start with contact or external are taken'
  return null
}
