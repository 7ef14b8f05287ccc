import { z } from 'zod'
import { everyForms, parseEvery } from './parse-every.ts'

const text = z.string('expected text').trim().min(1, 'must not be blank')
const whole = (least: number, most: number) => {
  const expected = `expected a whole number from ${least} to ${most.toLocaleString('en-US')}`
  return z.int(expected).min(least, expected).max(most, expected)
}
const aboveNone = 'expected a share above 0 and up to 1, such as 0.1'
const upToOne = 'expected a share from 0 to 1, such as 0.1'
const share = z.number(upToOne).min(0, upToOne).max(1, upToOne)
const ofField = { changed: share.optional(), null: share.optional(), unverified: share.optional() }
const names = (of: string) => z.array(text, `expected a list of ${of}`).min(1, 'name at least one')
const someAmount = 'expected an amount in USD above 0, such as 5'
const amount = 'expected an amount in USD, such as 5'

/** A time of its own would be over from the second run on. */
const fromDue = 'expected a time from when it is due, such as 90m, 6h or 2d'

const sampleForms = 'expected { first: 100 }, or { share: 0.1 } with or without a seed'

/** The names that actors of the service itself have. */
const taken = ['retention']

/**
 * What the file of a backfill that repeats may hold: what `POST /v1/backfills` takes, in the same words, and when it is due. The one
 * source of the parser and its messages; a filter's own come from the one grammar of filters.
 */
export const fileSchema = z.strictObject(
  {
    name: z
      .string('expected a name, such as nightly-failed')
      .regex(/^[a-z][a-z0-9_-]{0,59}$/, 'expected a name of a-z, 0-9, - and _ that starts with a letter')
      .refine((name) => !taken.includes(name), 'has another meaning: choose another name'),
    reason: z
      .string('expected text: why, for the audit')
      .trim()
      .min(1, 'must not be blank')
      .max(500, 'expected at most 500 characters'),
    enabled: z.boolean('expected true or false').default(true),
    every: z.string(`expected ${everyForms}`).refine((every) => parseEvery(every) !== null, `expected ${everyForms}`),
    time_zone: z
      .string('expected an IANA time zone, such as Europe/Berlin')
      .refine(isZone, 'expected an IANA time zone, such as Europe/Berlin')
      .default('UTC'),
    filter: z.record(z.string(), z.unknown(), 'expected conditions, such as { start_timestamp: { last: day } }'),
    sample: z
      .union(
        [
          z.strictObject({ first: whole(1, 1_000_000) }),
          z.strictObject({
            share: z.number(aboveNone).gt(0, aboveNone).max(1, aboveNone),
            seed: whole(0, 2_147_483_647).optional(),
          }),
        ],
        sampleForms,
      )
      .optional(),
    max_conversations: whole(1, 1_000_000_000).optional(),
    max_cost_usd: z.number(someAmount).gt(0, someAmount).lt(1_000_000, someAmount).optional(),
    drafts_of: names('agent ids').optional(),
    canary: z
      .strictObject(
        {
          contacts: whole(1, 10_000),
          go_on: z.enum(['by_itself', 'ask']).default('ask'),
          stop_at: z.strictObject({ ...ofField, errors: share.optional() }, 'expected { changed: 0.1, … }').optional(),
          fields: z
            .record(
              z.string(),
              z.strictObject(ofField, 'expected { changed: 0.1, … }'),
              'expected { item: { changed: 0.1 } }',
            )
            .optional(),
        },
        'expected { contacts: 50, … }',
      )
      .optional(),
    concurrency: whole(1, 256).optional(),
    lane: z.enum(['standard', 'flex'], 'expected standard or flex').optional(),
    deadline: z
      .string(fromDue)
      .regex(/^[1-9]\d{0,3}[mhd]$/, fromDue)
      .optional(),
    mapping_only: z.boolean('expected true or false').default(false),
    mapping: text.optional(),
    fields: names('CRM fields').optional(),
    cap: z
      .strictObject(
        { usd: z.number(amount).min(0, amount).max(999_999, amount), per: z.enum(['day', 'week', 'month']) },
        'expected { usd: 5, per: month }',
      )
      .optional(),
  },
  'expected the keys of a backfill that repeats: name, reason, every, filter',
)

export type ScheduleFile = z.output<typeof fileSchema>

function isZone(zone: string): boolean {
  try {
    return /^[A-Za-z]/.test(zone) && Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
