import { z } from '@hono/zod-openapi'
import type { BackfillChanges } from '../../backfill/index.ts'

const share = z.number().nullable()
const value = z.union([z.string(), z.boolean()])
const flip = z.object({ from: value.nullable(), to: value.nullable(), conversations: z.number() })

export const changesSchema = z
  .object({
    compared: z.number().openapi({ description: 'conversations held against the analysis that counted before' }),
    analysed_first: z.number(),
    items: z.array(
      z.object({
        item: z.string(),
        conversations: z.number(),
        unchanged: z.number(),
        changed: z.number(),
        appeared: z.number(),
        vanished: z.number(),
        changed_share: z.number(),
        null_rate: z.object({ before: share, after: share }),
        flips: z.array(flip).openapi({ description: 'of yes-or-no and choices; null: no value was found' }),
        other_flips: z.number(),
        new_values: z.array(z.object({ value, conversations: z.number() })),
      }),
    ),
  })
  .openapi('BackfillChanges')

export function toChangesJson({ compared, isFirst, items }: BackfillChanges): z.infer<typeof changesSchema> {
  return {
    compared,
    analysed_first: isFirst,
    items: items.map(({ changedShare, nullRate, newValues, otherFlips, ...counts }) => {
      return {
        ...counts,
        changed_share: changedShare,
        null_rate: nullRate,
        other_flips: otherFlips,
        new_values: newValues,
      }
    }),
  }
}
