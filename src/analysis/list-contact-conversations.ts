import { type Conversation, pageOfContact } from '../conversations/index.ts'
import type { Db } from '../db/index.ts'
import { selectStanding } from './corrections/store.ts'
import { withCorrections } from './corrections/with-corrections.ts'
import { currentAnalyses } from './load-store.ts'
import { readVendorAnalysis } from './vendor/read-vendor-analysis.ts'
import type { Fields } from './verdict.ts'

/** A conversation with what counts of it now; null where nobody has found it. */
export type ContactConversation = {
  conversation: Conversation
  summary: string | null
  sentiment: string | null
  successful: boolean | null
}

/**
 * One page of the calls and chats of a contact, newest first, each with what counts of its analysis, people's corrections included. In
 * three statements, however long the page. Throws what `pageOfContact` throws.
 */
export async function listContactConversations(
  db: Db,
  page: Parameters<typeof pageOfContact>[1],
): Promise<{ items: ContactConversation[]; next: string | null }> {
  const { items, next } = await pageOfContact(db, page)
  const ids = items.map(({ id }) => id)
  const [analyses, corrections] = await Promise.all([currentAnalyses(db, ids), selectStanding(db, ids)])
  const found = (conversation: Conversation): Fields => {
    const { id } = conversation
    const fields = analyses.get(id)?.fields ?? readVendorAnalysis(conversation) ?? {}
    return withCorrections(fields, corrections.get(id) ?? [])
  }
  return { items: items.map((conversation) => told(conversation, found(conversation))), next }
}

function told(conversation: Conversation, fields: Fields): ContactConversation {
  const { kind } = conversation
  const foundIn = (name: string) => (fields[name]?.status === 'found' ? fields[name].value : null)
  const [summary, sentiment, successful] = [`${kind}_summary`, 'user_sentiment', `${kind}_successful`].map(foundIn)
  return {
    conversation,
    summary: typeof summary === 'string' ? summary : null,
    sentiment: typeof sentiment === 'string' ? sentiment : null,
    successful: typeof successful === 'boolean' ? successful : null,
  }
}
