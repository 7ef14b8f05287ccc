import type {
  createAgent,
  createVersion,
  deleteAgent,
  deleteVersion,
  getAgent,
  importAgents,
  listAgentPage,
  listAgents,
  listVersionPage,
  listVersions,
  publishVersion,
  saveDraft,
} from '../agents/index.ts'
import type {
  Analysis,
  correctField,
  countParked,
  diffAnalyses,
  keepAnalysis,
  listContactConversations,
  listCorrections,
  rerunConversation,
} from '../analysis/index.ts'
import type { Actor } from '../audit/index.ts'
import type {
  askContactBackfill,
  Backfill,
  backfillStatus,
  ContactBackfillStatus,
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
import type {
  AskedImport,
  ContactJob,
  createContact,
  editContact,
  FoundContact,
  ImportReport,
  ImportStatus,
  ListedContact,
  listContacts,
  uploadContacts,
} from '../contacts/index.ts'
import type {
  deleteConversation,
  getRetellObject,
  importConversations,
  listConversations,
} from '../conversations/index.ts'
import type { CrmField } from '../crm/index.ts'
import type { Failure } from '../errors.ts'
import type { ScopeSpending } from '../limits/index.ts'
import type { Log } from '../log.ts'
import type { Mapping, Problem } from '../mapping/index.ts'
import type {
  App,
  ContactMatch,
  CrmConfig,
  correctionCells,
  deleteContact,
  eraseContact,
  explainField,
  importRetellConfig,
  listMatches,
  listRunCells,
  PushReport,
  planUndo,
  previewRerun,
  reportRun,
  resolveMatch,
  retryRun,
  undoRun,
  updateCrmConfig,
  withdrawCorrection,
} from '../sync/index.ts'
import type { listRequests, readRequest, rerunForRecord } from '../triggers/index.ts'
import type { ApiKey } from './api-keys/key-store.ts'

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
  listAgentPage: Bound<typeof listAgentPage>
  createAgent: Bound<typeof createAgent>
  deleteAgent: Bound<typeof deleteAgent>
  deleteVersion: Bound<typeof deleteVersion>
  listVersions: Bound<typeof listVersions>
  listVersionPage: Bound<typeof listVersionPage>
  saveDraft: Bound<typeof saveDraft>
  createVersion: Bound<typeof createVersion>
  publishVersion: Bound<typeof publishVersion>
  importAgents: Bound<typeof importAgents>

  importConversations: Bound<typeof importConversations>
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
  createContact: Bound<typeof createContact>
  /** A contact that has a number, as the source product tells of it: by its id, or by its number in any format. */
  getContact(id: string): Promise<ListedContact>
  getContactByNumber(number: string): Promise<ListedContact>
  listContacts: Bound<typeof listContacts>
  listContactConversations: Bound<typeof listContactConversations>
  deleteContact: Bound<typeof deleteContact>
  uploadContacts: Bound<typeof uploadContacts>
  /** Asks a worker to import an uploaded file; without a country numbers are read as those of the installation's. */
  createContactImport(input: Omit<AskedImport, 'defaultCountry'> & { defaultCountry?: string }): Promise<ContactJob>
  /** Asks a worker for a backfill of contact fields, and says how it stands. */
  askContactBackfill(input: Parameters<typeof askContactBackfill>[1]): Promise<ContactBackfillStatus | undefined>
  contactBackfillStatus(): Promise<ContactBackfillStatus | undefined>
  /** The newest import of a file, done or not. */
  getContactImport(): Promise<ContactJob | undefined>
  editContact(input: Parameters<typeof editContact>[1]): Promise<FoundContact & { matches: ContactMatch[] }>
  /** A contact by id, number or e-mail, with how its conversations came to their records. */
  findContact(text: string): Promise<FoundContact & { matches: ContactMatch[] }>
  listMatches: Bound<typeof listMatches>
  resolveMatch: Bound<typeof resolveMatch>
  explainField: Bound<typeof explainField>
  /** Pushes what is marked, of one connection or of all, and waits for it; null where another pusher is at it, or what failed. */
  pushRecords(input: { connection?: string; actor: Actor }): Promise<Record<string, PushReport | Failure | null>>
  /** Asks a worker to import all records of every connection; false where each is asked for already. */
  requestImport(): Promise<boolean>
  importStatus(): Promise<ImportStatus>
  /** The CRMs' configuration, in the source product's words. */
  readCrmConfig(): Promise<CrmConfig>
  updateCrmConfig: Bound<typeof updateCrmConfig>
  listApps(): Promise<App[]>
  importRetellConfig: Bound<typeof importRetellConfig>
  /** The fields of the object that a connection is mapped to, asked of its CRM now. */
  describeCrm(connection: string): Promise<{ crm: string; fields: CrmField[] }>
  reportImports(): Promise<ImportReport[]>
}
