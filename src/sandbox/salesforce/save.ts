import type { Field } from './fields.ts'
import { rewritten } from './judge-save.ts'
import type { ObjectType } from './objects/index.ts'
import type { Org } from './org.ts'
import { addRecord, changeRecord, fieldOf, type SalesRecord, type Value } from './records.ts'
import { storedValue } from './render.ts'
import { usersOf } from './users.ts'

export type Save = { object: ObjectType; record: SalesRecord | undefined; values: Map<Field, Value> }

/** Carries out a save that was judged good, in the name of a user, with all that the org's automation makes of it. */
export function commitSave(org: Org, { object, record, values }: Save, by: string, at = org.clock()): SalesRecord {
  const target = record ?? addRecord(org, object, { by, at })
  const changed = changeRecord(org, target, values, { by, at })
  announce(org, target, [...changed, ...runAfterFlows(org, object, target, changed)])
  return target
}

function runAfterFlows(org: Org, object: ObjectType, record: SalesRecord, changed: readonly string[]): string[] {
  const by = usersOf(org.userId).workflow.id
  return org.settings.flows.flatMap(({ when, kind, ...place }) => {
    const field = fieldOf(object, place.field)
    if (when !== 'after' || place.object !== object.name || !field || !changed.includes(field.name)) return []
    const value = rewritten(field, kind, storedValue(record, field.name))
    if (value === storedValue(record, field.name)) return []
    return changeRecord(org, record, new Map([[field, value]]), { by, at: org.clock() })
  })
}

/** The workflows that call out when one of these fields changed, whoever changed it. */
function announce(org: Org, record: SalesRecord, changed: readonly string[]): void {
  for (const callout of org.settings.callouts) {
    if (callout.object !== record.object || !changed.includes(callout.field)) continue
    org.callouts.send(callout, { record_id: record.id, object: record.object, field: callout.field })
  }
}
