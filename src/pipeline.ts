import { configForIntake } from './agents/index.ts'
import {
  type AnalysisAnnouncements,
  analyseConversation,
  type CorrectionAnnouncements,
  keepVendorAnalyses,
  parkAnalysis,
} from './analysis/index.ts'
import { runKinds } from './audit/index.ts'
import {
  type BackfillAnnouncements,
  flexSideBySide,
  getBackfill,
  pauseRefused,
  runStep,
  startScheduled,
} from './backfill/index.ts'
import type { Config } from './config.ts'
import { type ContactsAnnouncements, importConnection } from './contacts/index.ts'
import { type ConversationsAnnouncements, readConversations } from './conversations/index.ts'
import { type CheckConnection, type Crm, unlessStopped } from './crm/index.ts'
import { afterCommit, type Db, type Trx } from './db/index.ts'
import {
  analyse,
  flexStep,
  importing,
  lanes,
  lookUp,
  push,
  readBack,
  retain,
  scheduled,
  step,
  takeUpSteps,
  trigger,
} from './jobs.ts'
import { inBackground, type Paces } from './limits/index.ts'
import type { Log } from './log.ts'
import type { Model } from './model/index.ts'
import type { Queue } from './queue/index.ts'
import {
  activeMappings,
  contribute,
  lingerSeconds,
  linkConversations,
  lookUpConversation,
  markChanged,
  markConversations,
  markEdited,
  markRecords,
  moveConverted,
  moveLinks,
  type PushAnnouncements,
  priorities,
  pushConnection,
  readWhatLanded,
  relinkConversations,
  removeDeleted,
  runRetention,
  type SyncAnnouncements,
  unlink,
} from './sync/index.ts'
import { answerPushed, type TriggersAnnouncements, takeUpRequest } from './triggers/index.ts'

export type Next = ConversationsAnnouncements &
  AnalysisAnnouncements &
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
    async conversationsStored(trx, { conversationIds, runId, analyse: wanted, useVendors }) {
      const conversations = await readConversations(trx, conversationIds)
      const matches: { state: string }[] = []
      for (const mapping of await activeMappings(trx))
        matches.push(...(await linkConversations(trx, mapping, [...conversations.values()])).values())
      // Of many at once a scan finds the records: searches are few, and one at a time.
      const [conversationId, ...others] = conversationIds
      if (conversationId !== undefined && others.length === 0 && matches.some(({ state }) => state === 'none'))
        await queue.send(lookUp, { conversationId }, { trx })
      const deps = { now: () => new Date(), next: this }
      const analysed = useVendors ? await keepVendorAnalyses(trx, deps, { conversationIds, runId }) : new Set()
      if (!wanted) return
      for (const conversationId of conversationIds)
        if (!analysed.has(conversationId)) await queue.send(analyse, { conversationId, runId }, { trx })
    },

    async fieldCorrected(trx, corrected) {
      const { conversationId, runId } = corrected
      await markConversations(trx, this, { conversationIds: [conversationId], runId, reason: 'correction' })
    },

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

export type WorkDeps = {
  config: Pick<Config, 'triggerRerunsPerContactAndHour' | 'retentionDays' | 'connections' | 'warnRecords'>
  db: Db
  model: Model
  crms: Map<string, Crm>
  checkConnection: CheckConnection
  paces: Paces
  log: Log
  now: () => Date
  next: Next
}

/** Who does the jobs: each one calls a use case, and the same use cases answer at the doors. */
export function work(queue: Queue, deps: WorkDeps): void {
  const { db, crms, checkConnection } = deps
  // One CRM that hangs or fails keeps no other waiting.
  const aside = (each: number) => ({ concurrency: Math.max(1, each * crms.size), batch: 1 })

  queue.work(analyse, { concurrency: 4 }, async ({ conversationId, runId }, { signal }) => {
    const conversation = (await readConversations(db, [conversationId])).get(conversationId)
    if (!conversation) return
    const { agentId, agentVersion, transfers } = conversation
    const config = await configForIntake(db, agentId, agentVersion, transfers)
    try {
      await analyseConversation(deps, { conversationId, config, runId }, { signal })
    } catch (error) {
      if (!(await parkAnalysis(deps, { conversationId, runId }, error))) throw error
    }
  })

  const runSteps = (job: typeof step, options: { concurrency: number; batch?: number }) =>
    queue.work(job, options, async ({ backfillId, lane }, { signal }) => {
      const { more } = await runStep(deps, { backfillId, holder: `lane ${lane}`, lane, lanes: lanes.length }, signal)
      if (more) await queue.send(job, { backfillId, lane }, { key: `${backfillId}/${lane}` })
    })
  runSteps(step, { concurrency: lanes.length })
  // One by one: of a batch, what is done sooner would wait for the longest.
  runSteps(flexStep, { concurrency: lanes.length * flexSideBySide, batch: 1 })

  queue.work(scheduled, { concurrency: 2 }, async ({ scheduleRunId }, { signal }) => {
    await startScheduled({ ...deps, warnRecords: deps.config.warnRecords }, scheduleRunId, signal)
  })

  // The one that lingers has a key of its own, and so a place.
  queue.work(push, aside(2), async ({ connection }, { signal }) => {
    const crm = crms.get(connection)
    if (!crm) return
    await unlessStopped(deps, { connection, work: 'push', hasAsked: ({ records }) => records > 0 }, async () => {
      await checkConnection(connection)
      return pushConnection(deps, crm, signal)
    })
    await answerPushed(deps)
  })

  queue.work(trigger, { concurrency: 2 }, async ({ requestId }, { attempt, signal }) => {
    const rerunsPerContactAndHour = deps.config.triggerRerunsPerContactAndHour
    await takeUpRequest({ ...deps, rerunsPerContactAndHour }, { requestId, attempt, signal })
  })

  queue.work(readBack, aside(1), async ({ connection }, { signal }) => {
    const crm = crms.get(connection)
    if (!crm) return
    await unlessStopped(deps, { connection, work: 'push', hasAsked: ({ records }) => records > 0 }, async () => {
      await checkConnection(connection)
      return inBackground(() => readWhatLanded({ ...deps, crm }, { signal }))
    })
  })

  queue.work(importing, aside(1), async ({ connection, isFull = false }) => {
    const crm = crms.get(connection)
    if (!crm) return
    await unlessStopped(deps, { connection, work: 'import' }, async () => {
      await checkConnection(connection)
      const { wholeEveryHours = 0 } = deps.config.connections.find(({ name }) => name === connection)?.imports ?? {}
      // Whoever asked for all of it is not served by one that is under way: that may read only the changes.
      const how = { mappings: await activeMappings(db), isFull, wholeEveryHours, mustRun: isFull }
      return inBackground(() => importConnection({ ...deps, crm }, how))
    })
  })

  queue.work(lookUp, { concurrency: 2 }, ({ conversationId }) => lookUpConversation(deps, conversationId))

  queue.work(retain, { concurrency: 1 }, async () => {
    await removeDeleted(deps)
    const { retentionDays } = deps.config
    const reason = `older than ${retentionDays} days`
    if (retentionDays !== null)
      await runRetention({ ...deps, retentionDays }, { actor: { kind: 'schedule', name: 'retention' }, reason })
  })
}
