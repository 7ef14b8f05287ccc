import { isTracked } from '../history.ts'
import { fullId, idOf } from '../ids.ts'
import { isRecordObject, type ObjectType } from '../objects/index.ts'
import type { Org } from '../org.ts'
import { findRecord, recordsOf, type SalesRecord, type Value } from '../records.ts'
import { instantOf } from '../render.ts'
import { type Row, rowOf } from './columns.ts'
import type { Condition } from './parse.ts'

/** The rows of an object that a query may find; where it names ids at its top, only theirs are looked at. */
export function rowsOf(org: Org, { name }: ObjectType, where: Condition | undefined): Row[] {
  switch (name) {
    case 'ContactHistory':
      return historyRows(org, 'Contact', where)
    case 'LeadHistory':
      return historyRows(org, 'Lead', where)
    case 'FieldDefinition':
      return definitionRows(org)
    case 'TaskStatus':
      return statusRows(org)
    default: {
      const ids = idsNamed(where, 'id')
      return (ids ? recordsNamed(org, ids) : recordsOf(org, name)).filter(({ object }) => object === name).map(rowOf)
    }
  }
}

function recordsNamed(org: Org, ids: readonly string[]): SalesRecord[] {
  return [...new Set(ids.map((id) => fullId(id) ?? ''))].flatMap((id) => findRecord(org, id) ?? [])
}

/** The ids that every row found has to have one of in this field; undefined where the query does not say. */
function idsNamed(where: Condition | undefined, field: string): string[] | undefined {
  if (where?.kind === 'and') {
    return where.parts.map((part) => idsNamed(part, field)).find((ids) => ids !== undefined)
  }
  if (where?.kind !== 'compare' || where.path.text.toLowerCase() !== field) return undefined
  return where.operator === '=' || where.operator === 'IN' ? where.literals.map(({ text }) => text) : undefined
}

function historyRows(org: Org, parent: 'Contact' | 'Lead', where: Condition | undefined): Row[] {
  const ids = idsNamed(where, `${parent.toLowerCase()}id`)
  const records = ids ? recordsNamed(org, ids).filter(({ object }) => object === parent) : recordsOf(org, parent)
  return records.flatMap((record) =>
    record.history.map(({ id, at, by, ...line }) =>
      plainRow(`${parent}History`, id, record.isDeleted, {
        [`${parent}Id`]: record.id,
        Field: line.field,
        DataType: line.dataType,
        OldValue: line.oldValue,
        NewValue: line.newValue,
        CreatedById: by,
        CreatedDate: instantOf(at),
      }),
    ),
  )
}

function definitionRows(org: Org): Row[] {
  return [...org.objects.values()]
    .filter(({ name }) => isRecordObject(name))
    .flatMap((object) =>
      [...object.fields.values()].map((field) => {
        const durableId = `${object.name}.${field.name}`
        return plainRow('FieldDefinition', durableId, false, {
          DurableId: durableId,
          QualifiedApiName: field.name,
          'EntityDefinition.QualifiedApiName': object.name,
          Label: field.label,
          DataType: field.type,
          IsFieldHistoryTracked: isTracked(org, object.name, field),
        })
      }),
    )
}

function statusRows(org: Org): Row[] {
  const values =
    org.objects
      .get('task')
      ?.fields.get('status')
      ?.picklistValues.filter(({ active }) => active) ?? []
  return values.map(({ value, label, defaultValue }, place) =>
    plainRow('TaskStatus', idOf('01I', place + 1), false, {
      ApiName: value,
      MasterLabel: label,
      IsClosed: org.closedStatuses.has(value),
      IsDefault: defaultValue,
      SortOrder: place + 1,
    }),
  )
}

function plainRow(object: Row['object'], id: string, isDeleted: boolean, values: Record<string, Value>): Row {
  const all: Record<string, Value> = { Id: id, IsDeleted: isDeleted, ...values }
  return { id, object, isDeleted, read: ({ name }) => all[name] ?? null }
}
