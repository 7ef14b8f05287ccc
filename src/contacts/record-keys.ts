import type { ScannedRecord } from '../crm/index.ts'
import { toE164 } from './numbers.ts'
import type { ImportPlan } from './plan-imports.ts'
import type { KeyKind } from './record-store.ts'

/** A number or e-mail by which a record is found, and the CRM field it stands in. */
export type RecordKey = { kind: KeyKind; key: string; property: string }

/** Every field that is taken over of a record. What rules write is not: a scan alone reads that, to notice edits. */
export function fieldsToScan(plan: ImportPlan): string[] {
  return [...new Set([...plan.numberFields, ...plan.emailFields, ...Object.values(plan.import)])]
}

/** The keys of one record, each once per field, and how many of its numbers cannot be read. Pure. */
export function keysOf({ values }: ScannedRecord, plan: ImportPlan): { keys: RecordKey[]; unreadable: number } {
  const keys = new Map<string, RecordKey>()
  const add = (key: RecordKey) => keys.set(identityOf(key), key)
  let unreadable = 0
  for (const property of plan.numberFields) {
    const raw = values[property]?.trim() ?? ''
    const number = toE164(raw, plan.defaultCountry)
    if (number !== null) add({ kind: 'number', key: number, property })
    else if (raw !== '') unreadable += 1
  }
  for (const property of plan.emailFields) {
    for (const email of listed(values[property])) add({ kind: 'email', key: email.toLowerCase(), property })
  }
  return { keys: [...keys.values()], unreadable }
}

export function identityOf({ kind, key, property }: RecordKey): string {
  return JSON.stringify([kind, key, property])
}

function listed(text: string | null | undefined): string[] {
  return (text ?? '').split(';').flatMap((part) => part.trim() || [])
}
