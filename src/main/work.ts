import { configForIntake } from '../agents/index.ts'
import { analyseConversation, parkAnalysis, performRerun } from '../analysis/index.ts'
import { flexSideBySide, runContactBackfill, runStep, startScheduled } from '../backfill/index.ts'
import type { Config } from '../config.ts'
import { importConnection, runContactImport } from '../contacts/index.ts'
import { pullConversations, readConversations } from '../conversations/index.ts'
import { type CheckConnection, type Crm, unlessStopped } from '../crm/index.ts'
import type { Db } from '../db/index.ts'
import {
  analyse,
  contactBackfill,
  contactImport,
  flexStep,
  importing,
  lanes,
  lookUp,
  pull,
  push,
  readBack,
  rerun,
  retain,
  scheduled,
  step,
  trigger,
} from '../jobs.ts'
import { inBackground, type Paces } from '../limits/index.ts'
import type { Log } from '../log.ts'
import type { Model } from '../model/index.ts'
import type { Next } from '../pipeline.ts'
import type { Queue, WorkOptions } from '../queue/index.ts'
import {
  activeMappings,
  isRetentionOn,
  lookUpConversation,
  pushConnection,
  readWhatLanded,
  removeDeleted,
  runRetention,
} from '../sync/index.ts'
import { answerPushed, takeUpRequest } from '../triggers/index.ts'

export type WorkDeps = {
  config: Pick<
    Config,
    'triggerRerunsPerContactAndHour' | 'retentionDays' | 'connections' | 'warnRecords' | 'retell' | 'defaultCountry'
  >
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

  queue.work(rerun, { concurrency: 4 }, ({ rerunId }) => performRerun(deps, rerunId))

  const runSteps = (job: typeof step, options: WorkOptions) =>
    queue.work(job, options, async ({ backfillId, lane }, { signal }) => {
      const { more } = await runStep(deps, { backfillId, holder: `lane ${lane}`, lane, lanes: lanes.length }, signal)
      if (more) await queue.send(job, { backfillId, lane }, { key: `${backfillId}/${lane}` })
    })
  // One by one: of a batch, what is done sooner would wait for the longest; and two that end batches could wait for each other in the database.
  runSteps(step, { concurrency: lanes.length, batch: 1 })
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

  queue.work(contactImport, { concurrency: 1 }, (_, { signal }) => inBackground(() => runContactImport(deps, signal)))

  queue.work(contactBackfill, { concurrency: 1 }, async (_, { signal }) => {
    await inBackground(() => runContactBackfill({ ...deps, warnRecords: deps.config.warnRecords }, signal))
  })

  queue.work(pull, { concurrency: 2, batch: 1 }, async ({ account: name }, { signal }) => {
    const account = deps.config.retell.find((each) => each.name === name)
    const actor = { kind: 'system', name: `retell:${name}` } as const
    const { defaultCountry } = deps.config
    if (account) await pullConversations({ ...deps, defaultCountry }, { account, actor, signal })
  })

  queue.work(retain, { concurrency: 1 }, async () => {
    await removeDeleted(deps)
    const { retentionDays } = deps.config
    const reason = retentionDays === null ? 'older than their agents keep them' : `older than ${retentionDays} days`
    if (await isRetentionOn({ ...deps, retentionDays }))
      await runRetention({ ...deps, retentionDays }, { actor: { kind: 'schedule', name: 'retention' }, reason })
  })
}
