import type { CrmField, FieldKind } from '../../../src/crm/index.ts'

/** A writable field of a kind; all else as given. */
export function field(kind: FieldKind, changes: Partial<CrmField> = {}): CrmField {
  const plain = { writable: true, unique: false, maxLength: null, options: null, scale: null, required: false }
  return { name: kind, label: kind, kind, ...plain, hasHistory: true, ...changes }
}
