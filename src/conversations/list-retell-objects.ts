import type { Db } from '../db/index.ts'
import type { Filter } from '../filters/index.ts'
import { listConversations, type PageRequest } from './list-conversations.ts'
import { retellObjectOf } from './retell-object.ts'
import { withoutTranscript } from './without-transcript.ts'

export type RetellPage = { items: Record<string, unknown>[]; next: string | null; total: number | null }

/** One page as `listConversations` finds it, each as the source product's lists spell it: everything but the transcript. */
export async function listRetellObjects(db: Db, filter: Filter, page: PageRequest): Promise<RetellPage> {
  const { items, ...ends } = await listConversations(db, filter, page)
  const objects = items.map(({ raw, ...said }) => Object.assign(retellObjectOf(said, [], null), withoutTranscript(raw)))
  return { items: objects, ...ends }
}
