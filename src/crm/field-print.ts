import { createHash } from 'node:crypto'
import type { CrmField } from './contract.ts'

/**
 * A short print of all that decides which values a field takes: another print, and what it refused is worth another try. A field
 * that is not there has one too. Names and labels do not count. Pure.
 */
export function fieldPrint(field: CrmField | undefined): string {
  if (field === undefined) return 'absent'
  const { kind, writable, unique, maxLength, options, scale, required } = field
  const rules = [kind, writable, unique, maxLength, options?.toSorted() ?? null, scale, required]
  return createHash('sha256').update(JSON.stringify(rules)).digest('base64url').slice(0, 12)
}
