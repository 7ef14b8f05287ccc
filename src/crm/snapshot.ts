import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { CrmField } from './contract.ts'
import { fieldSchema } from './field-schema.ts'
import { parseJson } from './parse-json.ts'

/** The fields of CRM objects at one time: their properties only, nothing of any record. */
export type Snapshot = { connection: string; crm: string; object: string; fields: CrmField[] }[]

const snapshotSchema = z.object({
  version: z.literal(1),
  objects: z.array(
    z.object({ connection: z.string(), crm: z.string(), object: z.string(), fields: z.array(fieldSchema) }),
  ),
})

/** A snapshot as text to keep beside the mapping files: sorted, so that two of the same schema are equal. Pure. */
export function formatSnapshot(snapshot: Snapshot): string {
  const objects = snapshot
    .map(({ connection, crm, object, fields }) => ({
      connection,
      crm,
      object,
      fields: fields.map(inOrder).sort(byName),
    }))
    .sort((a, b) => compare(a.connection, b.connection) || compare(a.object, b.object))
  return `${JSON.stringify({ version: 1, objects }, null, 2)}\n`
}

/** Reads what `formatSnapshot` wrote; `path` only names it. Throws `crm.snapshot` (stop). */
export function readSnapshot(text: string, path: string): Snapshot {
  const parsed = snapshotSchema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data.objects
  const message = `${path} is no saved schema: afterword crm schema --save <file> writes one`
  throw new AppError('crm.snapshot', 'stop', message)
}

function inOrder(field: CrmField): CrmField {
  return { ...fieldSchema.parse(field), options: field.options?.toSorted(compare) ?? null }
}

function byName(a: CrmField, b: CrmField): number {
  return compare(a.name, b.name)
}

// By code units: a locale would sort differently from machine to machine.
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
