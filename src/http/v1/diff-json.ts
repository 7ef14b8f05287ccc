import { z } from '@hono/zod-openapi'
import type { AnalysesDiff, ComparedItem } from '../../analysis/index.ts'
import { analysisSchema, fieldSchema, toAnalysisJson } from './schemas.ts'

/** One item of two analyses; null where it was not asked. */
export const itemSchema = z.object({
  item: z.string(),
  before: fieldSchema.nullable(),
  after: fieldSchema.nullable(),
  change: z.enum(['unchanged', 'changed', 'appeared', 'vanished']),
  changed: z.boolean(),
  corrected: z.boolean().openapi({ description: "a person's word stands in place of both" }),
})

export const diffSchema = z
  .object({ from: analysisSchema, to: analysisSchema, items: z.array(itemSchema) })
  .openapi('AnalysesDiff')

export function toItemJson({ isChanged, isCorrected, ...compared }: ComparedItem): z.infer<typeof itemSchema> {
  return { ...compared, changed: isChanged, corrected: isCorrected }
}

export function toDiffJson({ from, to, items }: AnalysesDiff): z.infer<typeof diffSchema> {
  return { from: toAnalysisJson(from), to: toAnalysisJson(to), items: items.map(toItemJson) }
}
