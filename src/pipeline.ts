import type { AgentsAnnouncements } from './agents/index.ts'
import {
  type AnalysisAnnouncements,
  type CorrectionAnnouncements,
  keepVendorAnalyses,
  type RerunAnnouncements,
  takeLive,
} from './analysis/index.ts'
import { runKinds } from './audit/index.ts'
import { type BackfillAnnouncements, getBackfill, keepNeededAgent, pauseRefused } from './backfill/index.ts'
import type { ContactsAnnouncements } from './contacts/index.ts'
import { type ConversationsAnnouncements, readConversations } from './conversations/index.ts'
import { afterCommit, type Trx } from './db/index.ts'
import { analyse, lookUp, push, rerun, takeUpSteps, trigger } from './jobs.ts'
import type { Queue } from './queue/index.ts'
import {
  activeMappings,
  contribute,
  lingerSeconds,
  linkConversations,
  linkOpen,
  markChanged,
  markConversations,
  markEdited,
  markRecords,
  moveConverted,
  moveLinks,
  type PushAnnouncements,
  priorities,
  relinkConversations,
  type SyncAnnouncements,
  unlink,
} from './sync/index.ts'
import type { TriggersAnnouncements } from './triggers/index.ts'

export type Next = AgentsAnnouncements &
  ConversationsAnnouncements &
  AnalysisAnnouncements &
  RerunAnnouncements &
  CorrectionAnnouncements &
  ContactsAnnouncements &
  SyncAnnouncements &
  PushAnnouncements &
  BackfillAnnouncements &
  TriggersAnnouncements

/** What follows what: the one implementation of everything the rooms announce. */
export function announce(queue: Queue): Next {
  const pushSoon = (trx: Trx, connection: string) =>
    afterCommit(trx, () => void queue.send(push, { connection }, { key: connection }).catch(() => undefined))
  // Under a key of its own: a job that lingers must not stand in the way of one that is wanted now.
  const pushInBatches = (trx: Trx, connection: string) => {
    const options = { key: `${connection}/background`, startAfterSeconds: lingerSeconds }
    afterCommit(trx, () => void queue.send(push, { connection }, options).catch(() => undefined))
  }

  const next: Next = {
    agentLeaves: keepNeededAgent,

    async conversationsStored(trx, { conversationIds, added, runId, analyse: wanted, useVendors, live }) {
      const conversations = await readConversations(trx, conversationIds)
      const matches: { state: string }[] = []
      for (const mapping of await activeMappings(trx))
        matches.push(...(await linkConversations(trx, mapping, [...conversations.values()])).values())
      // Of many at once a scan finds the records: searches are few, and one at a time.
      const [conversationId, ...others] = conversationIds
      if (conversationId !== undefined && others.length === 0 && matches.some(({ state }) => state === 'none'))
        await queue.send(lookUp, { conversationId }, { trx })
      const deps = { now: () => new Date(), next: this }
      const toAnalyse = live
        ? await takeLive(trx, deps, { conversationIds, added, runId })
        : conversationIds.map((conversationId) => ({ conversationId, runId }))
      const analysed = useVendors ? await keepVendorAnalyses(trx, deps, { conversationIds, runId }) : new Set()
      if (!live && !wanted) return
      for (const each of toAnalyse) if (!analysed.has(each.conversationId)) await queue.send(analyse, each, { trx })
    },

    async rerunsAsked(trx, { rerunIds }) {
      for (const rerunId of rerunIds) await queue.send(rerun, { rerunId }, { trx })
    },

    async fieldCorrected(trx, corrected) {
      const { conversationId, runId } = corrected
      await markConversations(trx, this, { conversationIds: [conversationId], runId, reason: 'correction' })
    },

    conversationUpdated: (trx, { conversationId }) => linkOpen(trx, next, [conversationId]),

    async conversationsSealed(trx, sealed) {
      await markConversations(trx, this, { ...sealed, reason: 'deletion' })
    },

    async analysisKept(trx, kept) {
      const kinds = await runKinds(trx, [...new Set(kept.map((each) => each.runId))])
      const priorityOf = { backfill: priorities.background, intake: priorities.live }
      for (const [kind, runs] of Map.groupBy(kept, (each) => kinds.get(each.runId))) {
        const priority = kind === 'backfill' || kind === 'intake' ? priorityOf[kind] : priorities.interactive
        for (const connection of await contribute(trx, runs, priority)) pushSoon(trx, connection)
      }
    },

    async contributionsReleased(trx, records) {
      for (const [connection, linked] of Map.groupBy(records, (record) => record.connection)) {
        const recordIds = linked.map((record) => record.recordId)
        await markRecords(trx, { connection, recordIds, priority: priorities.background, reason: 'released' })
        pushInBatches(trx, connection)
      }
    },

    async rerunRequested(trx, requestId) {
      await queue.send(trigger, { requestId }, { trx })
    },

    async rerunReleased(trx, records, { byHand }) {
      const priority = byHand ? priorities.interactive : priorities.trigger
      for (const [connection, linked] of Map.groupBy(records, (record) => record.connection)) {
        const recordIds = linked.map((record) => record.recordId)
        await markRecords(trx, { connection, recordIds, priority, reason: 'trigger' })
        pushSoon(trx, connection)
      }
    },

    keysSeen: async (trx, seen) => void (await relinkConversations(trx, next, seen)),
    recordsChanged: (trx, changed) => markChanged(trx, next, changed),
    recordsRead: (trx, read) => markEdited(trx, next, read),
    recordsGone: (trx, { recordIds }) => unlink(trx, recordIds),
    recordsConverted: (trx, converted) => moveConverted(trx, next, converted),

    async recordMerged(trx, { connection, from, into }) {
      await moveLinks(trx, { connection, from, to: into })
      pushSoon(trx, connection)
    },

    recordsMarked: pushSoon,
    runRefused: pauseRefused,

    async backfillRuns(trx, backfillId) {
      const backfill = await getBackfill(trx, backfillId)
      afterCommit(trx, () => void takeUpSteps(queue, backfill).catch(() => undefined))
    },
  }
  return next
}
