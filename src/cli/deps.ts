import type { importAgents, setLive } from '../agents/index.ts'
import type {
  askReruns,
  correctField,
  countParked,
  diffAnalyses,
  evaluateConfig,
  keepAnalysis,
  readReruns,
  rerunConversation,
} from '../analysis/index.ts'
import type { Actor } from '../audit/index.ts'
import type {
  Backfill,
  backfillStatus,
  cancelBackfill,
  goOnBackfill,
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
  runSchedule,
  setMaxCost,
  setSpeed,
  startBackfill,
  undoBackfill,
} from '../backfill/index.ts'
import type { Role } from '../config.ts'
import type { editContact, ImportReport, ImportSummary } from '../contacts/index.ts'
import type { deleteConversation, importConversations, PullReport } from '../conversations/index.ts'
import type { Finding, Snapshot } from '../crm/index.ts'
import type { Failure } from '../errors.ts'
import type { ScopeSpending } from '../limits/index.ts'
import type { Kinds } from '../mapping/index.ts'
import type {
  checkLive,
  correctionCells,
  draftMapping,
  eraseContact,
  explainField,
  importRetellConfig,
  listMatches,
  listRunCells,
  Preparation,
  PushReport,
  planUndo,
  previewRerun,
  Retention,
  reportRun,
  resolveMatch,
  retryRun,
  runRetention,
  undoRun,
  withdrawCorrection,
} from '../sync/index.ts'
import type { readRequest, rerunForRecord } from '../triggers/index.ts'

/** A use case whose first argument, what it depends on, is given already. */
type Bound<UseCase> = UseCase extends (deps: never, ...input: infer Input) => infer Result
  ? (...input: Input) => Result
  : never

/** One thing that `doctor` looked at; `detail` says what was found, or what to do. */
export type Check = { name: string; isRight: boolean; detail: string }

/** What a key may spend in a calendar day and month; null: no limit. */
export type KeyLimits = { usdPerDay: number | null; usdPerMonth: number | null }

export type ShownKey = KeyLimits & { name: string; createdAt: Date; lastUsedAt: Date | null; revokedAt: Date | null }

export type Spending = {
  scopes: ScopeSpending[]
  parkedAnalyses: Awaited<ReturnType<typeof countParked>>
  parkedBackfills: Backfill[]
}

/** The use cases of an installation that one command opened. Close it. */
export type Opened = {
  importAgents: Bound<typeof importAgents>
  setLive: Bound<typeof setLive>
  importConversations: Bound<typeof importConversations>
  askReruns: Bound<typeof askReruns>
  readReruns: Bound<typeof readReruns>
  importRetellConfig: Bound<typeof importRetellConfig>
  /** Pulls the history of one account of the source product or of all; null where another process is at it. */
  pullRetell(input: {
    account?: string
    since?: Date
    actor: Actor
    signal?: AbortSignal
  }): Promise<Record<string, PullReport | null>>
  rerunConversation: Bound<typeof rerunConversation>
  previewRerun: Bound<typeof previewRerun>
  keepAnalysis: Bound<typeof keepAnalysis>
  diffAnalyses: Bound<typeof diffAnalyses>
  evaluateConfig: Bound<typeof evaluateConfig>
  correctField: Bound<typeof correctField>
  withdrawCorrection: Bound<typeof withdrawCorrection>
  correctionCells: Bound<typeof correctionCells>
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
  backfillStatus: Bound<typeof backfillStatus>
  reportBackfill: Bound<typeof reportBackfill>
  reportChanges: Bound<typeof reportChanges>
  listSchedules: Bound<typeof listSchedules>
  runSchedule: Bound<typeof runSchedule>
  editContact: Bound<typeof editContact>
  explainField: Bound<typeof explainField>
  checkLive: Bound<typeof checkLive>
  draftMapping: Bound<typeof draftMapping>
  /** The fields of every object of one connection or of all, asked now. */
  describeObjects(connection?: string): Promise<Record<string, Snapshot | Failure>>
  /** What is right and wrong about one CRM account or all of them, asked now. */
  inspectConnections(connection?: string): Promise<Record<string, Finding[] | Failure>>
  /** The fields that CRM accounts lack; with `create` they are created where `canCreate`. */
  prepareConnections(input: {
    connection?: string
    create: boolean
    actor: Actor
  }): Promise<Record<string, { fields: Preparation[]; canCreate: boolean } | Failure>>
  listMatches: Bound<typeof listMatches>
  resolveMatch: Bound<typeof resolveMatch>
  deleteConversation: Bound<typeof deleteConversation>
  /** What `runRetention` would settle now. */
  planRetention(): Promise<Retention>
  runRetention: Bound<typeof runRetention>
  eraseContact: Bound<typeof eraseContact>
  rerunForRecord: Bound<typeof rerunForRecord>
  readRequest: Bound<typeof readRequest>
  /** Reads the records of one connection or of all, and waits for it; per connection, object by object. */
  importRecords(input: {
    connection?: string
    isFull?: boolean
  }): Promise<Record<string, ({ object: string } & ImportSummary)[] | Failure>>
  /** What the imports of each connection and object have come to, the last ones and those under way. */
  reportImports(): Promise<ImportReport[]>
  pushRecords(input: { connection?: string; actor: Actor }): Promise<Record<string, PushReport | Failure | null>>
  createKey(input: { name: string; actor: Actor } & Partial<KeyLimits>): Promise<{ name: string; key: string }>
  limitKey(input: { name: string; actor: Actor; limits: Partial<KeyLimits> }): Promise<KeyLimits>
  listKeys(): Promise<ShownKey[]>
  revokeKey(input: { name: string; actor: Actor }): Promise<{ name: string }>
  /** Every limit and what is spent in the current day and month, and what waits because nothing is left. */
  reportSpending(): Promise<Spending>
  /** How many worker processes live just now. */
  countWorkers(): Promise<number>
  close(): Promise<void>
}

/** What the commands need of the program around them. Nothing of it is built before a command asks for it. */
export type CliDeps = {
  /** Config, database, use cases: for one command. */
  open(): Promise<Opened>
  /** Runs in these roles, those of the config unless told, until the process is asked to end. */
  serve(roles?: Role[]): Promise<void>
  /** Brings the database to the newest migration; the names of those applied. */
  migrate(): Promise<string[]>
  doctor(): Promise<Check[]>
  demo(options: { once: boolean }): Promise<void>
  /** Where mapping files lie, and the kinds of CRM they can be for. */
  mappings(): Promise<{ folders: readonly string[]; kinds: Kinds }>
  /** Where backfills are declared to repeat, and whether that may lack. */
  schedules(): Promise<{ folders: readonly string[]; mayLack: boolean }>
  /** Who types: for audit entries. */
  user: string
  /** One or more lines to standard output, and what is no result to standard error. */
  print(text: string): void
  warn(text: string): void
}
