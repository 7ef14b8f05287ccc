import type { CrmField, FieldKind } from '../../crm/index.ts'
import { nearest } from '../../filters/index.ts'

const kindWords: Record<FieldKind, string> = {
  text: 'text',
  number: 'a number',
  boolean: 'a checkbox',
  date: 'a date',
  datetime: 'a date and time',
  choice: 'a choice',
  choices: 'a multiple choice',
}

/** `a number`: what kind of field it is, in a sentence. */
export function kindWord(kind: FieldKind): string {
  return kindWords[kind]
}

/** `a number, a date or a date and time`. */
export function kindList(kinds: readonly FieldKind[]): string {
  return kinds.map(kindWord).join(' or ')
}

/** What is said of a name that no field has: the field whose label it is, the nearest name, or nothing. */
export function unknownField(wanted: string, fields: readonly CrmField[], where: string): string {
  const labelled = fields.find(({ label }) => label.toLowerCase() === wanted.toLowerCase())
  if (labelled) return `"${wanted}" is a label, not a field, of ${where}; its field is "${labelled.name}"`
  const names = fields.map(({ name }) => name)
  const close = nearest(wanted, names)
  return `"${wanted}" is no field of ${where}; ${close === null ? 'create it there, or name another' : `did you mean "${close}"?`}`
}

const mostListed = 12

/** The name that was most likely meant, or the names that there are. */
export function rightName(wanted: string, known: readonly string[]): string {
  const close = nearest(wanted, known)
  if (close !== null) return `did you mean "${close}"?`
  const more = known.length > mostListed ? `, and ${known.length - mostListed} more` : ''
  return `there are ${known.slice(0, mostListed).join(', ') || 'none'}${more}`
}
