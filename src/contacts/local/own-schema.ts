import type { CrmField, FieldKind } from '../../crm/index.ts'
import type { Db, Trx } from '../../db/index.ts'
import type { Value } from '../../mapping/index.ts'
import { describeFields, toField } from './fields.ts'

/** The one connection of this kind. */
export const ownConnection = 'local'

/** What rules have made of our contacts' fields, and those that every contact has, by name. */
export async function ownSchema(db: Db | Trx): Promise<Map<string, CrmField>> {
  return new Map((await describeFields(db, ownConnection)).map((field) => [field.name, field]))
}

/** A field that no rule knows of takes any value, and keeps it as what it is. Pure. */
export function fieldToType(name: string, value: Value): CrmField {
  return toField(name, { kind: kindOf(value), options: null })
}

function kindOf(value: Value): FieldKind {
  if (Array.isArray(value)) return 'choices'
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'text'
}
