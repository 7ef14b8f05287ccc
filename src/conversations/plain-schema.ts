import { z } from 'zod'
import { transferSettings } from '../agents/index.ts'
import { unknownName } from '../filters/index.ts'

/** Columns are indexed and PostgreSQL text holds no NUL, so ids and words are short and plain. */
const word = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must be well-formed text without a NUL character')
const version = z.int().min(0).max(2_147_483_647)
const plain = z.record(z.string(), z.unknown())

/** Both are common; seconds since 1970 would be taken for a day in January 1970, so they are refused. */
const rightTime = 'must be a time with its zone, such as 2026-03-05T10:00:00Z, or milliseconds since 1970'
const epochMs = z.int(rightTime).min(100_000_000_000, rightTime).max(253_402_300_799_999, rightTime)
const time = z.union([z.iso.datetime({ offset: true, error: rightTime }), epochMs], { error: rightTime })

function strict<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknownName('key', key, Object.keys(shape))).join('; ')
        : undefined,
  })
}

/** Who speaks: the customer, the agent, or a human that the agent has handed over to. */
const turn = strict({
  role: z.enum(['user', 'agent', 'human']),
  text: z.string(),
  /** When it ended. */
  at: time.nullish(),
})

const transfer = strict({
  agent: word,
  agent_version: version.nullish(),
  setting: z.enum(transferSettings).nullish(),
})

const analysis = strict({
  summary: z.string().nullish(),
  successful: z.boolean().nullish(),
  sentiment: z.enum(['Positive', 'Negative', 'Neutral', 'Unknown']).nullish(),
  /** What else was found, by the name of the item. */
  fields: plain.nullish(),
})

/** A conversation of any platform, in our own words: one line of JSON. What has no place here goes into `metadata`. */
export const plainSchema = strict({
  id: word,
  kind: z.enum(['call', 'chat']),
  agent: word,
  agent_name: z.string().max(500).nullish(),
  agent_version: version.nullish(),
  /** `ended` unless told. */
  status: z.enum(['ongoing', 'ended', 'error', 'not_connected']).nullish(),
  started_at: time,
  ended_at: time.nullish(),
  direction: z.enum(['inbound', 'outbound']).nullish(),
  from_number: word.nullish(),
  to_number: word.nullish(),
  ended_because: word.nullish(),
  turns: z.array(turn),
  transfers: z.array(transfer).nullish(),
  metadata: plain.nullish(),
  variables: plain.nullish(),
  analysis: analysis.nullish(),
})

export type PlainConversation = z.infer<typeof plainSchema>
