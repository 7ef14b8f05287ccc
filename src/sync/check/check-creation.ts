import type { CrmField } from '../../crm/index.ts'
import { type Mapping, type Problem, placesIn } from '../../mapping/index.ts'
import { kindWord, unknownField } from './field-words.ts'
import { problemsOf } from './findings.ts'

/**
 * What is wrong between the records that a mapping would create and the fields of their object: a key that is not there or is no
 * key, fields that cannot be written, and fields that the CRM refuses a new record without. Pure.
 */
export function checkCreation(mapping: Mapping, fields: readonly CrmField[]): Problem[] {
  const { create, object, connection } = mapping
  if (create === undefined) return []
  const at = problemsOf(mapping, placesIn(mapping.text))
  const named = new Map(fields.map((field) => [field.name, field]))
  const where = `${object} in ${connection}`
  const key = named.get(create.key)
  const texts = Object.keys(create.values)
  const lacking = fields.filter(({ name, isNeeded }) => isNeeded && name !== create.key && !texts.includes(name))
  return [
    ...(key ? keyProblems(key, where) : [unknownField(create.key, fields, where)]).map((message) =>
      at(['missing', 'key'], message),
    ),
    ...texts.flatMap((name) => {
      const field = named.get(name)
      if (!field) return [at(['missing', 'create', name], unknownField(name, fields, where), true)]
      const message = `"${name}" cannot be written: it is read-only in the CRM`
      return field.writable ? [] : [at(['missing', 'create', name], message, true)]
    }),
    ...lacking.map(({ name }) => {
      const message = `a new record of ${where} is refused without "${name}": say what it holds, such as ${name}: "{{contact.last_name}}{{^contact.last_name}}Unknown{{/contact.last_name}}"`
      return at(['missing', 'create'], message)
    }),
  ]
}

function keyProblems(field: CrmField, where: string): string[] {
  const { name, kind, writable, isKey } = field
  if (!writable) return [`"${name}" cannot be written: it is read-only in the CRM`]
  if (kind !== 'text') return [`the key holds text; "${name}" is ${kindWord(kind)}`]
  if (isKey) return []
  return [
    `"${name}" of ${where} is no key: it needs unique values (HubSpot), or to be an external id with unique values (Salesforce)`,
  ]
}
