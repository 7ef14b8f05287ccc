import { readStorage, type StorageSetting, storageOf } from '../agents/index.ts'
import type { Trx } from '../db/index.ts'
import type { Accepted } from './accept-retell.ts'
import { entriesSchema } from './retell-schema.ts'
import { turnsOf } from './retell-turns.ts'
import { toolCallsOf } from './tool-calls.ts'
import { withoutUnscrubbed, withoutWords } from './without-transcript.ts'

/**
 * Conversations with what is to be kept of them: as the vendor noted for the conversation, else as its agent says. Its time, found
 * by its last turn, stays; and so does its hash, so that the same sent again changes nothing.
 */
export async function keepAsTold(trx: Trx, accepted: readonly Accepted[]): Promise<Accepted[]> {
  const asked = accepted.map(({ conversation: { agentId, agentVersion: version } }) => ({ agentId, version }))
  const settings = await storageOf(trx, asked)
  return accepted.map((each, place) => {
    return kept(each, readStorage(each.conversation.raw) ?? settings[place] ?? 'everything')
  })
}

/**
 * `basic_attributes_only`: no transcript and no recording; what the vendor has found in it stays. `everything_except_pii`: of a
 * conversation that came with a scrubbed transcript only that; else it is scrubbed as it comes. Pure.
 */
function kept(accepted: Accepted, setting: StorageSetting): Accepted {
  if (setting === 'everything') return accepted
  const { conversation } = accepted
  if (setting === 'basic_attributes_only') {
    const raw = withoutWords(conversation.raw)
    return { ...accepted, conversation: { ...conversation, toolCalls: [], raw }, turns: [], words: null }
  }
  const scrubbed = entriesSchema.safeParse(conversation.raw.scrubbed_transcript_with_tool_calls)
  if (!scrubbed.success) return accepted
  const raw = withoutUnscrubbed(conversation.raw)
  const { turns, words } = turnsOf(scrubbed.data, conversation.startedAt?.getTime() ?? null)
  return { ...accepted, conversation: { ...conversation, toolCalls: toolCallsOf(turns), raw }, turns, words }
}
