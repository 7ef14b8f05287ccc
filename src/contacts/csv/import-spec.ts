import { z } from 'zod'

/** How a file is read, as it was asked for: by the places of its columns, from 0. */
export const importSpecSchema = z.object({
  delimiter: z.string(),
  columns: z.array(z.object({ field: z.string(), place: z.number() })),
  defaultCountry: z.string(),
  tags: z.array(z.string()),
})

export type ImportSpec = z.infer<typeof importSpecSchema>
