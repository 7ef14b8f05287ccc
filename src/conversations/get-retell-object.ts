import type { Db } from '../db/index.ts'
import { loadConversation } from './load-conversations.ts'
import { retellObjectOf } from './retell-object.ts'
import { selectWords } from './transcript-store.ts'

/**
 * A conversation as the source product's API spells it: every field that came in, as it came, and the forms of the
 * transcript that the vendor left out. Throws `conversation.not_found` (404).
 */
export async function getRetellObject(db: Db, id: string): Promise<Record<string, unknown>> {
  const { turns, raw, ...said } = await loadConversation(db, id)
  return { ...retellObjectOf(said, turns, await selectWords(db, id)), ...raw }
}
