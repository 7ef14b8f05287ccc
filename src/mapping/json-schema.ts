import { z } from 'zod'
import { fileSchema } from './file-schema.ts'

/** The JSON Schema that editors check mapping files with (`mappings/mapping.schema.json`), made from the parser's own. */
export function jsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(fileSchema, { target: 'draft-7', io: 'input' })
  return { $schema, title: 'An Afterword mapping file', ...rest }
}
