import { z } from 'zod'

/** Reads stored turns back. */
export const turnsSchema = z.array(
  z.object({
    role: z.string(),
    content: z.string(),
    at: z.number().nullable(),
    name: z.string().exactOptional(),
    extra: z.record(z.string(), z.unknown()).exactOptional(),
  }),
)

export const wordsSchema = z.array(z.array(z.unknown()).nullable()).nullable()
