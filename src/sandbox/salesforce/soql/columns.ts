import type { JsonObject } from '../../json.ts'
import type { Field } from '../fields.ts'
import type { ObjectName, ObjectType } from '../objects/index.ts'
import type { Org } from '../org.ts'
import { fieldOf, findRecord, objectOf, type SalesRecord, type Value } from '../records.ts'
import { attributesOf, renderField } from '../render.ts'
import type { Path } from './parse.ts'
import { soqlRefusal } from './tokens.ts'

/** Something that a query can find: a record, a line of history, a definition. */
export type Row = { id: string; object: ObjectName; isDeleted: boolean; read(field: Field): Value | JsonObject }

/** A field of the row itself, or of a record that it refers to. */
export type Column = { path: Path; parents: Field[]; field: Field }

/** A record as something that a query can find. */
export function rowOf(record: SalesRecord): Row {
  const { id, object, isDeleted } = record
  return { id, object, isDeleted, read: (field) => renderField(record, field) }
}

/** The column that a path means, or INVALID_FIELD with its place in the query. */
export function columnOf(org: Org, query: string, from: ObjectType, path: Path): Column {
  const whole = fieldOf(from, path.text)
  if (whole) return { path, parents: [], field: whole }
  const steps = path.text.split('.')
  const last = steps.pop() ?? ''
  const parents: Field[] = []
  let object = from
  for (const step of steps) {
    const parent = [...object.fields.values()].find(
      (field) => field.relationshipName?.toLowerCase() === step.toLowerCase(),
    )
    const target = parent && objectOf(org, parent.referenceTo[0] ?? '')
    if (!parent || !target) {
      const advice = "be sure to append the '__r' after the custom relationship name"
      const message = `Didn't understand relationship '${step}' in field path. If you are attempting to use a custom relationship, ${advice}.`
      throw soqlRefusal('INVALID_FIELD', query, path.at, message)
    }
    parents.push(parent)
    object = target
  }
  const field = fieldOf(object, last)
  if (field) return { path, parents, field }
  const advice = "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name."
  throw soqlRefusal('INVALID_FIELD', query, path.at, `No such column '${last}' on entity '${object.name}'. ${advice}`)
}

/** The record at the end of the path's references; undefined where one of them is empty. */
function ownerOf(org: Org, row: Row, parents: readonly Field[]): Row | undefined {
  let owner: Row | undefined = row
  for (const parent of parents) {
    const id: unknown = owner?.read(parent)
    const record = typeof id === 'string' ? findRecord(org, id) : undefined
    owner = record && rowOf(record)
  }
  return owner
}

/** The value that a column compares and sorts by. */
export function readColumn(org: Org, row: Row, { parents, field }: Column): Value {
  const value = ownerOf(org, row, parents)?.read(field) ?? null
  return typeof value === 'object' ? null : value
}

/** A row as a query answers it: fields of a parent stand in an object of their own, null where there is no parent. */
export function renderRow(org: Org, version: string, row: Row, columns: readonly Column[], depth = 0): JsonObject {
  const shown: Record<string, unknown> = { attributes: attributesOf(version, row.object, row.id) }
  for (const { parents, field } of columns) {
    const parent = parents[depth]
    const name = parent?.relationshipName
    if (!parent || !name) {
      shown[field.name] = row.read(field)
      continue
    }
    if (name in shown) continue
    const owner = ownerOf(org, row, [parent])
    const inside = columns.filter((column) => column.parents[depth] === parent)
    shown[name] = owner ? renderRow(org, version, owner, inside, depth + 1) : null
  }
  return shown
}
