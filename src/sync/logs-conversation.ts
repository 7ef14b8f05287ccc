import type { Conversation } from '../conversations/index.ts'
import type { Mapping } from '../mapping/index.ts'

/** Whether a mapping logs a conversation on the record it is linked to. Pure. */
export function logsConversation({ activity }: Mapping, { kind }: Pick<Conversation, 'kind'>): boolean {
  return (kind === 'call' ? activity?.calls : activity?.chats) ?? false
}
