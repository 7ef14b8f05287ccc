import type { Crm, ScannedRecord } from '../crm/index.ts'
import { toE164 } from './numbers.ts'
import type { ImportPlan } from './plan-imports.ts'
import type { KeyKind } from './record-store.ts'

/** A number or e-mail by which a record is found, and the CRM field it stands in. */
export type RecordKey = { kind: KeyKind; key: string; property: string }

/** Fields that a CRM keeps of its own accord and that name a record too; both are lists with semicolons. */
const vendorFields: Record<Crm['kind'], { emails: string | null; mergedIds: string | null }> = {
  hubspot: { emails: 'hs_additional_emails', mergedIds: 'hs_merged_object_ids' },
  salesforce: { emails: null, mergedIds: null },
}

/** Every field an import has to ask the CRM for. */
export function fieldsToScan(plan: ImportPlan, kind: Crm['kind']): string[] {
  const { emails, mergedIds } = vendorFields[kind]
  const named = [...plan.numberFields, plan.emailField, emails, mergedIds, ...Object.values(plan.import)]
  return [...new Set(named.filter((field) => field !== null))]
}

/** The keys of one record, each once per field, and how many of its numbers cannot be read. Pure. */
export function keysOf(
  { values }: ScannedRecord,
  plan: ImportPlan,
  kind: Crm['kind'],
): { keys: RecordKey[]; unreadable: number } {
  const keys = new Map<string, RecordKey>()
  const add = (key: RecordKey) => keys.set(identityOf(key), key)
  let unreadable = 0
  for (const property of plan.numberFields) {
    const raw = values[property]?.trim() ?? ''
    const number = toE164(raw, plan.defaultCountry)
    if (number !== null) add({ kind: 'number', key: number, property })
    else if (raw !== '') unreadable += 1
  }
  const { emails } = vendorFields[kind]
  for (const property of [plan.emailField, emails]) {
    if (property === null) continue
    for (const email of listed(values[property])) add({ kind: 'email', key: email.toLowerCase(), property })
  }
  return { keys: [...keys.values()], unreadable }
}

/** The ids of records that were merged into this one, as far as the CRM tells. */
export function mergedIdsOf({ values }: ScannedRecord, kind: Crm['kind']): string[] {
  const { mergedIds } = vendorFields[kind]
  return mergedIds === null ? [] : listed(values[mergedIds])
}

export function identityOf({ kind, key, property }: RecordKey): string {
  return JSON.stringify([kind, key, property])
}

function listed(text: string | null | undefined): string[] {
  return (text ?? '').split(';').flatMap((part) => part.trim() || [])
}
