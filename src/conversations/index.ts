export { type Accepted, acceptRetell } from './accept-retell.ts'
export type { ConversationsAnnouncements } from './announcements.ts'
export { conversationFacts } from './conversation-facts.ts'
export { filterSql } from './filter-sql.ts'
export { getRetellObject } from './get-retell-object.ts'
export { type ImportReport, importConversations } from './import-conversations.ts'
export { listConversations, type PageRequest } from './list-conversations.ts'
export {
  type ConversationWithTurns,
  loadConversation,
  loadConversations,
  readConversations,
} from './load-conversations.ts'
export { intakeRuns } from './store.ts'
export { storeConversations } from './store-conversations.ts'
export { subjectOf } from './subject-of.ts'
export type { Conversation, Turn } from './types.ts'
