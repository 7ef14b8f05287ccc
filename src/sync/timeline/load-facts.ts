import { loadAnalyses } from '../../analysis/index.ts'
import { type Conversation, readConversations, readSealed } from '../../conversations/index.ts'
import type { Db } from '../../db/index.ts'
import type { Rule } from '../../mapping/index.ts'
import { rulesByHash } from '../mapping-store.ts'
import {
  contributionsOf,
  correctionsOf,
  fieldEvents,
  type Intent,
  intentsOf,
  recordLinks,
  type StoredContribution,
  storedRecords,
  undoneRuns,
} from './store.ts'
import { storedTraces } from './trace-store.ts'
import type {
  Answer,
  CellState,
  Correction,
  LinkedConversation,
  NoticedEvent,
  Release,
  Trace,
  TraceRelease,
} from './types.ts'

/** Everything our own database knows about one record. */
export type RecordFacts = {
  recordId: number
  externalId: string
  /** The newest change of the record that we have read and that was not ours. */
  changedAt: Date | null
  cells: Record<string, CellState>
  /** Cells that an erasure has forgotten, and when (epoch ms). */
  forgotten: Record<string, number>
  events: (NoticedEvent & { field: string })[]
  intents: Intent[]
  conversations: LinkedConversation[]
  answers: Answer[]
  corrections: Correction[]
  releases: Release[]
  /** What is left of conversations that are deleted, settled or gone. */
  traces: Trace[]
  /** Contributions waiting for this push. */
  pending: StoredContribution[]
  ruleByHash: (hash: string) => Rule
}

/** Loads the facts of these records in a fixed number of statements, however many they are. Records that are gone are left out. */
export async function loadFacts(db: Db, recordIds: number[]): Promise<RecordFacts[]> {
  if (recordIds.length === 0) return []
  const [records, links, events, intents, left] = await Promise.all([
    storedRecords(db, recordIds),
    recordLinks(db, recordIds),
    fieldEvents(db, recordIds),
    intentsOf(db, recordIds),
    storedTraces(db, recordIds),
  ])
  const conversationIds = [...new Set(links.map((link) => link.conversationId))]
  const [conversations, sealed, analyses, contributions, corrections] = await Promise.all([
    readConversations(db, conversationIds),
    readSealed(db, conversationIds),
    loadAnalyses(db, conversationIds),
    contributionsOf(db, conversationIds),
    correctionsOf(db, conversationIds),
  ])
  const all = [...analyses.values()].flat()
  const leftBy = left.flatMap((trace) => trace.releases.map((release) => release.runId))
  const undone = await undoneRuns(db, [...new Set([...all.map((analysis) => analysis.runId), ...leftBy])])
  const named = contributions.flatMap((each) =>
    Object.values(each.vals).flatMap(({ rule, beside = [] }) => [rule, ...beside]),
  )
  const decided = records.flatMap((record) => Object.values(record.cells).flatMap((cell) => cell.rule ?? []))
  const settled = left.flatMap((trace) => [
    ...(trace.rule === null ? [] : [trace.rule, ...trace.beside]),
    ...trace.releases.flatMap(({ rule, beside = [] }) => [rule, ...beside]),
  ])
  const rules = await rulesByHash(db, [...new Set([...named, ...decided, ...settled])])
  const ruleByHash = (hash: string) => {
    const rule = rules.get(hash)
    if (!rule) throw new Error(`a cell names the rule ${hash}, which is not stored`)
    return rule
  }

  // By what each is looked up by: a batch holds hundreds of records with thousands of each.
  const byAnalysis = Map.groupBy(contributions, (each) => each.analysisId)
  const releasedBy = Map.groupBy(contributions.filter(isReleased), (each) => each.conversationId)
  const correctionsBy = Map.groupBy(corrections, (each) => each.conversationId)
  const of = { links: byRecord(links), events: byRecord(events), intents: byRecord(intents), traces: byRecord(left) }
  return records.map((record) => {
    const { recordId } = record
    const own = Map.groupBy(of.links.get(recordId) ?? [], (link) => link.conversationId)
    const ids = [...own.keys()]
    const released = [...own].flatMap(([id, linked]) => {
      const mappings = new Set(linked.map((link) => link.mapping))
      return (releasedBy.get(id) ?? []).filter((each) => mappings.has(each.mapping))
    })
    return {
      ...record,
      events: of.events.get(recordId) ?? [],
      intents: of.intents.get(recordId) ?? [],
      conversations: [...own].flatMap(([id, linked]) =>
        linked.flatMap((link) => linkedConversation(link, conversations.get(id))),
      ),
      answers: answersOf(
        ids.flatMap((id) => analyses.get(id) ?? []),
        byAnalysis,
        undone,
      ),
      corrections: ids.flatMap((id) => correctionsBy.get(id) ?? []),
      releases: released.filter((each) => !sealed.has(each.conversationId)),
      traces: [
        ...(of.traces.get(recordId) ?? []).map((trace) => ({
          ...trace,
          releases: trace.releases.filter(({ runId }) => !undone.has(runId)),
        })),
        ...ids.flatMap((id) => sealedTraces(id, sealed.get(id), released)),
      ],
      pending: released.filter((each) => each.state === 'pending'),
      ruleByHash,
    }
  })
}

function byRecord<T extends { recordId: number }>(rows: readonly T[]): Map<number, T[]> {
  return Map.groupBy(rows, (row) => row.recordId)
}

function linkedConversation(
  { mapping, triedBy }: Pick<LinkedConversation, 'mapping' | 'triedBy'>,
  conversation: Conversation | undefined,
): LinkedConversation[] {
  if (!conversation) return []
  const at = conversation.spokenAt.getTime()
  const startedAt = conversation.startedAt?.getTime() ?? at
  return [{ conversationId: conversation.id, mapping, triedBy, at, startedAt, conversation }]
}

/** A deleted conversation says nothing, but its time stays the starting point of its release. */
function sealedTraces(
  conversationId: string,
  sealed: { spokenAt: Date; startedAt: Date | null } | undefined,
  released: readonly Release[],
): Trace[] {
  if (!sealed) return []
  const { spokenAt, startedAt } = sealed
  const own = released.filter((release) => release.conversationId === conversationId)
  const fields = new Set(own.flatMap(({ vals }) => Object.keys(vals)))
  const at = spokenAt.getTime()
  const times = { at, startedAt: startedAt?.getTime() ?? at }
  return [...fields].flatMap((field): Trace[] => {
    const releases = releasesOf(field, own)
    if (releases.length === 0) return []
    return [{ field, ...times, conversationId, value: null, rule: null, beside: [], releases, wasNamed: true }]
  })
}

/** An analysis speaks under every run that released it; one that nobody was asked about speaks under the run that made it. */
function answersOf(
  analyses: readonly (Omit<Answer, 'analysisId' | 'fields'> & {
    id: number
    outcome: string
    fields: Answer['fields']
  })[],
  byAnalysis: Map<number, StoredContribution[]>,
  undone: Set<number>,
): Answer[] {
  return analyses.flatMap((analysis) => {
    const fields = analysis.outcome === 'ok' ? analysis.fields : null
    const answer = (runId: number): Answer => ({
      conversationId: analysis.conversationId,
      analysisId: analysis.id,
      runId,
      fields,
    })
    const named = byAnalysis.get(analysis.id) ?? []
    // What another run holds or has taken back leaves it the word of the run that made it.
    const isAsked = named.some((each) => each.runId === analysis.runId) || undone.has(analysis.runId)
    const released = named.filter(isReleased).map((each) => answer(each.runId))
    return isAsked ? released : [...released, answer(analysis.runId)]
  })
}

/** The runs that named a conversation for a field, with the rules each decided with. A silent contribution names nothing. */
export function releasesOf(field: string, ownReleases: readonly Release[]): TraceRelease[] {
  return ownReleases.flatMap(({ runId, vals }) => {
    const val = vals[field]
    if (val === undefined || val.says === 'silent') return []
    return [{ runId, rule: val.rule, ...(val.beside ? { beside: val.beside } : {}) }]
  })
}

function isReleased({ state }: StoredContribution): boolean {
  return state !== 'held' && state !== 'undone'
}
