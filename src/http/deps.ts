import type {
  agentSettings,
  createVersion,
  getAgent,
  importAgents,
  listAgents,
  listVersions,
  publishVersion,
  saveDraft,
  setLive,
} from '../agents/index.ts'
import type {
  Analysis,
  correctField,
  countParked,
  diffAnalyses,
  keepAnalysis,
  listCorrections,
  rerunConversation,
} from '../analysis/index.ts'
import type { Actor } from '../audit/index.ts'
import type {
  Backfill,
  backfillStatus,
  cancelBackfill,
  goOnBackfill,
  listBackfills,
  listSchedules,
  pauseBackfill,
  planBackfill,
  planUndoOfBackfill,
  readBackfillPlan,
  replanBackfill,
  reportBackfill,
  reportChanges,
  resumeBackfill,
  retryBackfill,
  setMaxCost,
  setSpeed,
  startBackfill,
  undoBackfill,
} from '../backfill/index.ts'
import type { editContact, FoundContact, ImportReport } from '../contacts/index.ts'
import type {
  deleteConversation,
  getRetellObject,
  importConversations,
  listConversations,
  takeRetellEvent,
} from '../conversations/index.ts'
import type { Failure } from '../errors.ts'
import type { ScopeSpending } from '../limits/index.ts'
import type { Log } from '../log.ts'
import type { Mapping, Problem } from '../mapping/index.ts'
import type {
  ContactMatch,
  correctionCells,
  eraseContact,
  explainField,
  listMatches,
  listRunCells,
  PushReport,
  planUndo,
  previewRerun,
  reportRun,
  resolveMatch,
  retryRun,
  undoRun,
  withdrawCorrection,
} from '../sync/index.ts'
import type { listRequests, readRequest, rerunForRecord } from '../triggers/index.ts'
import type { ApiKey } from './api-keys/key-store.ts'
import type { WebhookKey } from './intake/verify-retell.ts'

/** A use case whose first argument, what it depends on, is given already. */
type Bound<UseCase> = UseCase extends (deps: never, ...input: infer Input) => infer Result
  ? (...input: Input) => Result
  : never

/** What this door calls: use cases bound by `main`, nothing of the inside of a room. */
export type HttpDeps = {
  log: Log
  /** True where the CRM and the model are stand-ins, which the page at `/` says. */
  sandbox: boolean
  /** What the process lacks to do its work, such as `migrations`; nothing when it is ready. Throws without a database. */
  findMissing(): Promise<string[]>
  /** The key in force that this text is. */
  verifyKey(text: string): Promise<ApiKey | undefined>

  getAgent: Bound<typeof getAgent>
  listAgents: Bound<typeof listAgents>
  listVersions: Bound<typeof listVersions>
  saveDraft: Bound<typeof saveDraft>
  createVersion: Bound<typeof createVersion>
  publishVersion: Bound<typeof publishVersion>
  importAgents: Bound<typeof importAgents>
  agentSettings: Bound<typeof agentSettings>
  setLive: Bound<typeof setLive>

  importConversations: Bound<typeof importConversations>
  /** Whose webhooks are taken. */
  retellKeys: readonly WebhookKey[]
  takeRetellEvent: Bound<typeof takeRetellEvent>
  listConversations: Bound<typeof listConversations>
  getRetellObject: Bound<typeof getRetellObject>
  deleteConversation: Bound<typeof deleteConversation>
  eraseContact: Bound<typeof eraseContact>

  /** What counts for a conversation now. */
  currentAnalysis(conversationId: string): Promise<Analysis | undefined>
  /** Every analysis of a conversation, by number, previews too; none for an unknown one. */
  listAnalyses(conversationId: string): Promise<Analysis[]>
  diffAnalyses: Bound<typeof diffAnalyses>
  rerunConversation: Bound<typeof rerunConversation>
  previewRerun: Bound<typeof previewRerun>
  keepAnalysis: Bound<typeof keepAnalysis>
  correctField: Bound<typeof correctField>
  withdrawCorrection: Bound<typeof withdrawCorrection>
  correctionCells: Bound<typeof correctionCells>
  listCorrections: Bound<typeof listCorrections>

  planBackfill: Bound<typeof planBackfill>
  replanBackfill: Bound<typeof replanBackfill>
  readBackfillPlan: Bound<typeof readBackfillPlan>
  startBackfill: Bound<typeof startBackfill>
  goOnBackfill: Bound<typeof goOnBackfill>
  pauseBackfill: Bound<typeof pauseBackfill>
  setMaxCost: Bound<typeof setMaxCost>
  setSpeed: Bound<typeof setSpeed>
  resumeBackfill: Bound<typeof resumeBackfill>
  cancelBackfill: Bound<typeof cancelBackfill>
  undoBackfill: Bound<typeof undoBackfill>
  planUndoOfBackfill: Bound<typeof planUndoOfBackfill>
  undoRun: Bound<typeof undoRun>
  retryRun: Bound<typeof retryRun>
  retryBackfill: Bound<typeof retryBackfill>
  planUndo: Bound<typeof planUndo>
  reportRun: Bound<typeof reportRun>
  listRunCells: Bound<typeof listRunCells>
  listBackfills: Bound<typeof listBackfills>
  listSchedules: Bound<typeof listSchedules>
  /** What was wrong with the files of backfills that repeat when this process last looked. */
  scheduleFiles(): { checkedAt: Date | null; problems: Problem[] }
  backfillStatus: Bound<typeof backfillStatus>
  reportBackfill: Bound<typeof reportBackfill>
  reportChanges: Bound<typeof reportChanges>

  rerunForRecord: Bound<typeof rerunForRecord>
  readRequest: Bound<typeof readRequest>
  listRequests: Bound<typeof listRequests>

  /** Every limit and what is spent in the current day and month, and what waits because nothing is left. */
  reportSpending(): Promise<{
    scopes: ScopeSpending[]
    parkedAnalyses: Awaited<ReturnType<typeof countParked>>
    parkedBackfills: Backfill[]
  }>

  /** The mapping files in force. */
  listMappings(): Promise<Mapping[]>
  /** How the files read when this process last looked; with problems, the set before them stays in force. */
  mappingFiles(): { checkedAt: Date | null; problems: Problem[] }
  editContact(input: Parameters<typeof editContact>[1]): Promise<FoundContact & { matches: ContactMatch[] }>
  /** A contact by id, number or e-mail, with how its conversations came to their records. */
  findContact(text: string): Promise<FoundContact & { matches: ContactMatch[] }>
  listMatches: Bound<typeof listMatches>
  resolveMatch: Bound<typeof resolveMatch>
  explainField: Bound<typeof explainField>
  /** Pushes what is marked, of one connection or of all, and waits for it; null where another pusher is at it, or what failed. */
  pushRecords(input: { connection?: string; actor: Actor }): Promise<Record<string, PushReport | Failure | null>>
  /** Asks a worker to import the records of every connection; once more while one waits changes nothing. */
  requestImport(): Promise<void>
  reportImports(): Promise<ImportReport[]>
}
