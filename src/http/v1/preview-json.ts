import { z } from '@hono/zod-openapi'
import type { FieldValue } from '../../mapping/index.ts'
import type { Preview, PreviewCell } from '../../sync/index.ts'
import { cellSchema, toCellJson } from '../cell-json.ts'
import { fieldSchema } from './schemas.ts'

const itemSchema = z.object({
  item: z.string(),
  before: fieldSchema.nullable(),
  after: fieldSchema.nullable(),
  changed: z.boolean(),
  corrected: z.boolean().openapi({ description: "a person's word stands in place of both" }),
})

/** What keeping a preview would change; record is null where there is none. */
export const differences = {
  items: z.array(itemSchema),
  cells: z.array(cellSchema.extend({ record: z.string().nullable() })),
  failures: z.record(z.string(), z.object({ code: z.string(), message: z.string() })),
}

export function toDifferencesJson({ items, cells, failures }: Preview) {
  const codes = Object.entries(failures).map(([connection, { failed }]) => [connection, failed])
  return {
    items: items.map(({ item, before, after, isChanged, isCorrected }) => {
      return { item, before: asFound(before), after: asFound(after), changed: isChanged, corrected: isCorrected }
    }),
    cells: cells.map(toPreviewCellJson),
    failures: Object.fromEntries(codes),
  }
}

function asFound(field: FieldValue | null): z.infer<typeof fieldSchema> | null {
  return field
}

function toPreviewCellJson(cell: PreviewCell) {
  return { ...toCellJson({ ...cell, externalId: cell.externalId ?? '' }), record: cell.externalId }
}
