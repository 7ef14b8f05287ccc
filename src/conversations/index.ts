export { type Accepted, acceptRetell } from './accept-retell.ts'
export type { ConversationsAnnouncements } from './announcements.ts'
export { pageOfContact } from './contact-page.ts'
export { conversationFacts } from './conversation-facts.ts'
export { deleteConversation } from './delete-conversation.ts'
export { filterSql } from './filter-sql.ts'
export { getRetellObject } from './get-retell-object.ts'
export { type ImportReport, importConversations } from './import-conversations.ts'
export { listConversations, type PageRequest } from './list-conversations.ts'
export {
  type ConversationWithTurns,
  loadConversation,
  loadConversations,
  readConversations,
  readSealed,
} from './load-conversations.ts'
export { conversationsNaming, conversationsOf, forgetConversations, isThere, lockDeleted } from './removal-store.ts'
export { resealConversation } from './reseal-conversation.ts'
export { intakeRuns } from './store.ts'
export { storeConversations } from './store-conversations.ts'
export { subjectOf } from './subject-of.ts'
export type { Conversation, Turn } from './types.ts'
