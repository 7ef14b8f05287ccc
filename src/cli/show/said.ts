import type { FieldValue } from '../../mapping/index.ts'

/** What an analysis says of an item, or why it says nothing. */
export function said(field: FieldValue | null): string {
  if (field === null) return 'not asked'
  return field.status === 'found' ? JSON.stringify(field.value) : field.status
}
