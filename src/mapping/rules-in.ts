import { z } from 'zod'

const fileSchema = z.looseObject({ fields: z.array(z.unknown()) })

/** The rules of a file as they stand in it, right or wrong; none where it has no list of them. Pure. */
export function rulesIn(file: unknown): unknown[] {
  return fileSchema.safeParse(file).data?.fields ?? []
}
