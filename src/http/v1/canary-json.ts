import { z } from '@hono/zod-openapi'
import type { Backfill, PlanInput } from '../../backfill/index.ts'

const share = z.number().min(0).max(1)
const goOn = z.enum(['by_itself', 'ask'])
const ofField = { changed: share, null: share, unverified: share }
const stopAt = z.strictObject({ ...ofField, errors: share }).partial()
const fields = z.record(z.string(), z.strictObject(ofField).partial())

export const canaryBody = z
  .strictObject({
    contacts: z.int().min(1).max(10_000),
    go_on: goOn.default('ask'),
    stop_at: stopAt.optional().openapi({
      description:
        'shares of the contacts beyond which it is stopped, 0.1 unless told: another value than before, none where there was one, one that is unverified or invalid, not analysed',
    }),
    fields: fields.optional().openapi({ description: 'thresholds of single items, in place of those for all' }),
  })
  .openapi({
    description:
      'the first contacts are analysed and held, and judged before the rest; nothing is written to a CRM before it goes on',
    example: { contacts: 50, go_on: 'by_itself', stop_at: { changed: 0.2 } },
  })

export function readCanary(canary: z.infer<typeof canaryBody> | undefined): Pick<PlanInput, 'canary'> {
  if (!canary) return {}
  const { contacts, go_on, stop_at, fields } = canary
  return { canary: { contacts, goOn: go_on, ...(stop_at && { stopAt: stop_at }), ...(fields && { fields }) } }
}

const rate = z.object({ contacts: z.number(), of: z.number() })

export const canaryShown = z
  .object({
    contacts: z.number(),
    go_on: goOn,
    stop_at: z.object({ ...ofField, errors: share }),
    fields,
    rates: z
      .object({
        contacts: z.number(),
        compared: z.number(),
        errors: rate,
        items: z.array(z.object({ item: z.string(), changed: rate, null: rate, unverified: rate })),
      })
      .nullable()
      .openapi({ description: 'what was found, once all of it is analysed' }),
    why: z.string().nullable().openapi({ description: 'why a person was asked' }),
    passed_at: z.iso.datetime().nullable(),
  })
  .nullable()

export function toCanaryJson({ canary }: Backfill): z.infer<typeof canaryShown> {
  if (!canary) return null
  const { contacts, goOn, stopAt, fields, rates, why, passedAt } = canary
  const passed_at = passedAt?.toISOString() ?? null
  return { contacts, go_on: goOn, stop_at: stopAt, fields, rates, why, passed_at }
}
