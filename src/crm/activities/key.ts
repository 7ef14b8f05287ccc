import { createHash } from 'node:crypto'

/** CRMs compare keys without regard to case, and hold 255 characters at most: of others a hash makes the difference. */
const PLAIN = /^[a-z0-9_.-]{1,200}$/

/** The key of a conversation's activity: its id, where that is told from all others by any CRM. Pure. */
export function activityKey(conversationId: string): string {
  if (PLAIN.test(conversationId)) return conversationId
  const hash = createHash('sha256').update(conversationId).digest('hex').slice(0, 24)
  const readable = conversationId
    .toLowerCase()
    .replaceAll(/[^a-z0-9_.-]+/g, '-')
    .slice(0, 150)
  // No plain id has a "~".
  return `${readable}~${hash}`
}
