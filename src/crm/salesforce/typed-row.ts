import type { CrmField } from '../contract.ts'
import { type Problem, type Row, withoutFields } from '../rows.ts'
import { toJson } from './mapper.ts'

type Fields = ReadonlyMap<string, CrmField>

/** Without what would have the whole request refused: fields the object has not, values of another type than the field's. */
export function withoutMistyped(fields: Fields, row: Row): Row {
  const problems = Object.entries(row.values).flatMap(([name, wire]): Problem[] => {
    const field = fields.get(name)
    if (field === undefined) return [schemaFault(name, 'no such field')]
    if (!field.writable) return [schemaFault(name, 'the field is read-only')]
    return toJson(field, wire) === undefined ? [{ field: name, code: 'TYPE', reason: `not a ${field.kind}` }] : []
  })
  return problems.length > 0 ? withoutFields(row, problems) : row
}

function schemaFault(field: string, reason: string): Problem {
  return { field, code: 'INVALID_FIELD', reason, isSchema: true }
}

/** The row as JSON, each value of its field's type. */
export function asSent(fields: Fields, { id, values }: Row): { Id: string } & Record<string, unknown> {
  const json = Object.entries(values).map(([name, wire]): [string, unknown] => {
    const field = fields.get(name)
    return [name, field ? toJson(field, wire) : wire]
  })
  return { ...Object.fromEntries(json), Id: id }
}
