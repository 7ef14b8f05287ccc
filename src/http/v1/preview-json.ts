import { z } from '@hono/zod-openapi'
import type { Preview, PreviewCell } from '../../sync/index.ts'
import { cellSchema, toCellJson } from '../cell-json.ts'
import { itemSchema, toItemJson } from './diff-json.ts'

/** What keeping a preview would change; record is null where there is none, and it may be one that would be created. */
export const differences = {
  items: z.array(itemSchema),
  cells: z.array(cellSchema.extend({ record: z.string().nullable(), creates_record: z.literal(true).optional() })),
  activities: z.array(z.object({ connection: z.string(), record: z.string(), action: z.enum(['create', 'update']) })),
  failures: z.record(z.string(), z.object({ code: z.string(), message: z.string() })),
}

export function toDifferencesJson({ items, cells, activities, failures }: Preview) {
  const codes = Object.entries(failures).map(([connection, { failed }]) => [connection, failed])
  return {
    items: items.map(toItemJson),
    cells: cells.map(toPreviewCellJson),
    activities: activities.map(({ externalId, ...activity }) => ({ ...activity, record: externalId })),
    failures: Object.fromEntries(codes),
  }
}

function toPreviewCellJson(cell: PreviewCell) {
  return {
    ...toCellJson({ ...cell, externalId: cell.externalId ?? '' }),
    record: cell.externalId,
    ...(cell.isNew && { creates_record: true as const }),
  }
}
