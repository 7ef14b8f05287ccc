import type { Db } from '../../db/index.ts'
import type { Mark } from '../marks.ts'
import type { RecordFacts } from '../timeline/load-facts.ts'
import type { LinkedConversation } from '../timeline/types.ts'
import { draftOf, hashOf } from './draft-of.ts'
import { activitiesOf } from './store.ts'
import type { PlannedActivity, StoredActivity } from './types.ts'

/** Longer than a request lives: after that, one that was not heard of has arrived or never will. */
export const unknownWaitMs = 90_000
/** What a CRM has refused is sent again after a day, where nothing has changed before. */
export const refusedForMs = 86_400_000

type Deps = { db: Db; connection: string; mayWrite: (mapping: string) => boolean; now: () => Date }

/**
 * What is to be done about the activities of these records; nothing where all are as they should be. A conversation is logged once
 * per connection, as soon as a run has released it under a mapping with `activity`, on the record that this mapping links it to.
 * From then on the activity follows it: its text the summary in force, also back by an undo (to no summary, where the
 * first analysis is undone); its place the link. It is removed where the conversation is deleted, or is no longer anybody's.
 * Retention and erasure leave it. One that somebody has removed in the CRM stays removed. In a fixed number of statements.
 */
export async function planActivities(
  deps: Deps,
  records: readonly RecordFacts[],
  marks: readonly Mark[] = [],
): Promise<Map<number, PlannedActivity[]>> {
  const { db, connection } = deps
  const recordIds = records.map(({ recordId }) => recordId)
  const conversationIds = [
    ...new Set(records.flatMap((facts) => facts.conversations.map((each) => each.conversationId))),
  ]
  const stored = await activitiesOf(db, connection, { recordIds, conversationIds })
  const isLogged = records.some((facts) => facts.releases.some(({ logs }) => logs))
  if (stored.length === 0 && !isLogged) return new Map()
  const byConversation = new Map(stored.flatMap((each) => (each.conversationId ? [[each.conversationId, each]] : [])))
  const now = deps.now().getTime()
  const taken = new Set<string>()
  return new Map(
    records.map((facts) => {
      const marked = marks.find((mark) => mark.recordId === facts.recordId)?.runId ?? null
      const own = [...Map.groupBy(facts.conversations, (each) => each.conversationId).values()]
      const kept = own.flatMap((links) => keep(facts, links, byConversation, taken, now))
      const gone = stored
        .filter((each) => each.recordId === facts.recordId && isToGo(each))
        .map((each) => removal(each, now))
      const planned = [...kept, ...gone].map((each) => ({
        ...each,
        runId: newestNaming(facts, each) ?? marked,
        isObserved: !deps.mayWrite(each.mapping),
      }))
      return [facts.recordId, planned]
    }),
  )
}

type Draft = Omit<PlannedActivity, 'runId' | 'isObserved'>

/** What is to be done about one conversation that is linked to a record, by one mapping or several. */
function keep(
  facts: RecordFacts,
  links: LinkedConversation[],
  byConversation: ReadonlyMap<string, StoredActivity>,
  taken: Set<string>,
  now: number,
): Draft[] {
  const { recordId } = facts
  const conversationId = links[0]?.conversationId ?? ''
  const stored = byConversation.get(conversationId) ?? null
  const logging = new Set(
    facts.releases.flatMap((each) => (each.logs && each.conversationId === conversationId ? [each.mapping] : [])),
  )
  const inOrder = links.toSorted((a, b) => (a.mapping < b.mapping ? -1 : 1))
  const link = inOrder.find(({ mapping }) => (stored ? mapping === stored.mapping : logging.has(mapping)))
  // Another record of the same connection has it, or it is none of ours.
  if (!link || stored?.gone || taken.has(conversationId)) return []
  taken.add(conversationId)
  const draft = draftOf(link, facts)
  const hash = hashOf(draft)
  const planned = { recordId, conversationId, mapping: link.mapping, draft, hash, stored, waitMs: 0 }
  const refusedMs = stored?.refusedHash === refusalOf(recordId, hash) ? untilSentAgain(stored, now) : 0
  if (refusedMs > 0) return [{ ...planned, action: 'refused', waitMs: refusedMs }]
  if (!stored || stored.externalId === null) {
    const waitMs = stored ? untilKnown(stored, now) : 0
    return [{ ...planned, action: waitMs > 0 ? 'wait' : 'create', waitMs }]
  }
  if (stored.recordId !== recordId) return [{ ...planned, action: 'move' }]
  return stored.bodyHash === hash ? [] : [{ ...planned, action: 'update' }]
}

function isToGo({ isThere, linkedTo }: StoredActivity): boolean {
  return !isThere || linkedTo === null
}

function removal(stored: StoredActivity, now: number): Draft {
  const { recordId, conversationId, mapping } = stored
  const waitMs = stored.externalId === null ? untilKnown(stored, now) : 0
  const action = waitMs > 0 ? 'wait' : 'remove'
  return { action, recordId, conversationId, mapping, draft: null, hash: null, stored, waitMs }
}

/** How long a request may still be on its way that was to create it. */
function untilKnown({ attemptedAt }: StoredActivity, now: number): number {
  return attemptedAt === null ? 0 : Math.max(0, attemptedAt.getTime() + unknownWaitMs - now)
}

/** What was refused: a text, on a record. On another one the CRM may take it. */
export function refusalOf(recordId: number, hash: string): string {
  return `${recordId} ${hash}`
}

function untilSentAgain({ refusedAt }: StoredActivity, now: number): number {
  return refusedAt === null ? 0 : Math.max(0, refusedAt.getTime() + refusedForMs - now)
}

/** The newest run that waits to have this conversation pushed. */
function newestNaming(facts: RecordFacts, { conversationId, mapping }: Draft): number | null {
  const own = facts.pending.filter((each) => each.conversationId === conversationId && each.mapping === mapping)
  return own.length > 0 ? Math.max(...own.map(({ runId }) => runId)) : null
}
