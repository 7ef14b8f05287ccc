import { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { Value } from '../../mapping/index.ts'

/** What is right for an item: one value, or any of several accepted ones (of a list: exactly these); null: the conversation does not say it. */
export type Expected = Value | (string | number | boolean)[]

/** What a person knows of one conversation. Of items that are not in it nobody knows what is right. */
export type Label = {
  conversationId: string
  expected: Map<string, Expected>
  /** What `call_successful` or `chat_successful` should be; null: not known. */
  isSuccessful: boolean | null
  /** No conversation took place: every item of the agent's own is to be without a value. */
  isEmpty: boolean
}

const scalar = z.union([z.string(), z.number(), z.boolean()])
const schema = z.object({
  id: z.string().min(1),
  fields: z.record(z.string(), z.union([scalar, z.array(scalar), z.null()])).default({}),
  conflicting: z.record(z.string(), z.unknown()).default({}),
  call_successful: z.boolean().nullable().default(null),
  expect_empty: z.boolean().default(false),
})

/**
 * A line of a labels file: `id` of a conversation, `fields` (item → value, or several accepted ones), and of their own `call_successful`,
 * `expect_empty` and `conflicting` (items that are not to be scored). Other keys are ignored. Pure; throws `labels.line` with the
 * number of the line and never what stands in it.
 */
export function readLabel(line: string, number: number): Label {
  const parsed = schema.safeParse(parseJson(line))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const place =
      issue?.path[0] === undefined ? 'a JSON object with `id` and `fields`' : `${String(issue.path[0])} as described`
    throw new AppError('labels.line', 'stop', `line ${number} of the labels is no label: it wants ${place}`)
  }
  const { id, fields, conflicting, call_successful: isSuccessful, expect_empty: isEmpty } = parsed.data
  const known = Object.entries(fields).filter(([item]) => !Object.hasOwn(conflicting, item))
  return { conversationId: id, expected: new Map(known), isSuccessful, isEmpty }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
