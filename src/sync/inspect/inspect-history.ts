import type { CrmField, Finding } from '../../crm/index.ts'
import type { Mapping } from '../../mapping/index.ts'
import { fieldsWritten } from './inspect-fields.ts'

/**
 * Whether the CRM keeps a history of what these mappings write: HubSpot always does, Salesforce where an admin has switched it on,
 * for about 20 fields of an object (crm.md 4.9). Pure.
 */
export function inspectHistory(object: string, mappings: readonly Mapping[], fields: readonly CrmField[]): Finding[] {
  const about = `${object} field history`
  const named = new Set(fieldsWritten(mappings))
  const written = fields.filter(({ name, writable }) => named.has(name) && writable)
  if (written.length === 0) return []
  const without = written.filter(({ hasHistory }) => !hasHistory).map(({ name }) => name)
  if (without.length === 0) return [{ about, verdict: 'ok', found: `kept of all ${written.length} fields written` }]
  const found =
    `none of ${without.join(', ')}: who changed such a field, and when, is known only as the record's last change, ` +
    'so an edit anywhere on the record may keep an older value standing'
  const advice = `Setup → Object Manager → ${object} → Fields & Relationships → Set History Tracking, about 20 fields an object`
  return [{ about, verdict: 'warning', found, advice }]
}
