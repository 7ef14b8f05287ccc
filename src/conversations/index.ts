export { type Accepted, acceptRetell } from './accept-retell.ts'
export type { ConversationsAnnouncements } from './announcements.ts'
export { pageOfContact } from './contact-page.ts'
export { conversationFacts } from './conversation-facts.ts'
export { deleteConversation } from './delete-conversation.ts'
export { filterSql } from './filter-sql.ts'
export { getRetellObject } from './get-retell-object.ts'
export { type ImportReport, importConversations } from './import-conversations.ts'
export { listConversations, type PageRequest } from './list-conversations.ts'
export { listRetellObjects } from './list-retell-objects.ts'
export {
  type ConversationWithTurns,
  loadConversation,
  loadConversations,
  readConversations,
  readSealed,
} from './load-conversations.ts'
export { plainSchema } from './plain-schema.ts'
export { conversationsNaming, conversationsOf, forgetConversations, isThere, lockDeleted } from './removal-store.ts'
export { resealConversation } from './reseal-conversation.ts'
export { inspectAccount } from './retell/inspect-account.ts'
export { type PullReport, pullConversations } from './retell/pull-conversations.ts'
export { takeDuePulls } from './retell/pull-store.ts'
export { takeRetellEvent } from './retell/take-event.ts'
export { ageOf, intakeRuns } from './store.ts'
export { storeConversations } from './store-conversations.ts'
export { subjectOf } from './subject-of.ts'
export type { Conversation, Turn } from './types.ts'
export { updateConversation } from './update-conversation.ts'
