import { z } from 'zod'
import { transferSettings } from '../agents/index.ts'

/** Columns are indexed and PostgreSQL text holds no NUL, so ids and words are short and plain. */
const words = z.string().refine((text) => !text.includes('\0'), 'must not contain a NUL character')
const word = words.max(200)
const id = word.min(1)
/** Up to the year 9999: a time in micro- or nanoseconds is refused, not stored as the far future. */
const epochMs = z.int().min(0).max(253_402_300_799_999)
const plain = z.record(z.string(), z.unknown())

const entry = z.looseObject({
  role: z.string().min(1).max(100),
  content: z.string().nullish(),
  name: z.string().nullish(),
  words: z.array(z.unknown()).nullish(),
  created_timestamp: epochMs.nullish(),
})

/** Ours, in the source product's spelling: its objects do not say to whom a conversation went (reference/retell.md 1.6). */
const agentTransfer = z.looseObject({
  agent_id: id,
  agent_version: z.int().min(0).max(2_147_483_647).nullish(),
  post_call_analysis_setting: z.enum(transferSettings).nullish(),
})

const shared = {
  agent_id: id,
  agent_name: words.max(500).nullish(),
  start_timestamp: epochMs.nullish(),
  end_timestamp: epochMs.nullish(),
  disconnection_reason: word.nullish(),
  transcript: z.string().nullish(),
  agent_transfers: z.array(agentTransfer).nullish(),
  metadata: plain.nullish(),
  retell_llm_dynamic_variables: plain.nullish(),
}

/** What we read of a call of the source product; everything else passes through untouched. @see reference/retell.md 1.3 */
export const callSchema = z.looseObject({
  ...shared,
  call_id: id,
  call_type: word.nullish(),
  call_status: z.enum(['registered', 'not_connected', 'ongoing', 'ended', 'error']),
  agent_version: z.int().min(0).max(2_147_483_647).nullish(),
  direction: z.enum(['inbound', 'outbound']).nullish(),
  from_number: word.nullish(),
  to_number: word.nullish(),
  duration_ms: z.int().min(0).nullish(),
  transcript_object: z.array(entry).nullish(),
  transcript_with_tool_calls: z.array(entry).nullish(),
})

/** What we read of a chat. @see reference/retell.md 1.4 */
export const chatSchema = z.looseObject({
  ...shared,
  chat_id: id,
  chat_type: word.nullish(),
  chat_status: z.enum(['ongoing', 'ended', 'error']),
  version: z.int().min(0).max(2_147_483_647).nullish(),
  message_with_tool_calls: z.array(entry).nullish(),
})

/** A transcript with its tool calls. */
export const entriesSchema = z.array(entry)

export type RetellCall = z.infer<typeof callSchema>
export type RetellChat = z.infer<typeof chatSchema>
export type RetellEntry = z.infer<typeof entry>
