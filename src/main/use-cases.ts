import { setTimeout as sleep } from 'node:timers/promises'
import {
  correctField,
  countParked,
  currentAnalysis,
  diffAnalyses,
  evaluateConfig,
  keepAnalysis,
  listAnalyses,
  listCorrections,
  rerunConversation,
} from '../analysis/index.ts'
import {
  backfillStatus,
  cancelBackfill,
  goOnBackfill,
  listBackfills,
  listSchedules,
  parkedBackfills,
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
import type { Opened } from '../cli/index.ts'
import { importConnection, reportImports } from '../contacts/index.ts'
import { deleteConversation, getRetellObject, importConversations, listConversations } from '../conversations/index.ts'
import { type Crm, unlessStopped } from '../crm/index.ts'
import { createKey, type HttpDeps, limitKey, listKeys, revokeKey, verifyKey } from '../http/index.ts'
import { reportSpending } from '../limits/index.ts'
import type { Kinds } from '../mapping/index.ts'
import {
  activeMappings,
  checkLive,
  correctionCells,
  draftMapping,
  explainField,
  inspectConnection,
  listMatches,
  listRunCells,
  lookUpConversation,
  planRetention,
  planUndo,
  prepareConnection,
  previewRerun,
  pushByHand,
  reportRun,
  resolveMatch,
  retryRun,
  runRetention,
  undoRun,
  withdrawCorrection,
} from '../sync/index.ts'
import { listRequests, readRequest, rerunForRecord } from '../triggers/index.ts'
import { bindAgents } from './agent-use-cases.ts'
import { bindContacts } from './contact-use-cases.ts'
import { bindCrmConfig } from './crm-config-use-cases.ts'
import { eachConnection } from './each-connection.ts'
import { kinds } from './kinds.ts'
import type { Built } from './open-installation.ts'

/** How long a rerun waits for a CRM that is searched: what it finds later is linked and pushed then. */
const lookUpPatienceMs = 3_000
/** How long an import by hand waits for one that is under way. */
const importPatienceMs = 10_000

/** Every use case a door calls, with what it depends on given already: the same functions for HTTP, command line and demo. */
export type UseCases = Omit<HttpDeps, 'log' | 'sandbox' | 'findMissing'> & Omit<Opened, 'close' | 'countWorkers'>

export function bindUseCases(built: Built): UseCases {
  const { config, log, db, model, crms, paces, checkConnection, next, now, mappingFiles, scheduleFiles } = built
  const { defaultCountry, warnRecords } = config
  const deps = { db, log, model, now, next, paces, warnRecords, defaultCountry }
  const foreign = new Map([...crms].filter(([, crm]) => !crm.isOurs))
  return {
    ...bindAgents(deps),

    importConversations: (input) => importConversations(deps, input),
    listConversations: (...input) => listConversations(db, ...input),
    getRetellObject: (id) => getRetellObject(db, id),
    deleteConversation: (input) => deleteConversation({ ...deps, deletionGraceDays: config.deletionGraceDays }, input),
    planRetention: () => planRetention({ ...deps, crms, retentionDays: config.retentionDays }),
    runRetention: (input) => runRetention({ ...deps, crms, retentionDays: config.retentionDays }, input),

    currentAnalysis: (id) => currentAnalysis(db, id),
    listAnalyses: (id) => listAnalyses(db, id),
    diffAnalyses: (input) => diffAnalyses(db, input),
    rerunConversation: async (input) => {
      const lookedUp = lookUpConversation({ ...deps, crms, checkConnection }, input.conversationId)
      await Promise.race([lookedUp, sleep(lookUpPatienceMs, undefined, { ref: false })])
      return rerunConversation(deps, input)
    },
    previewRerun: (input) => previewRerun({ ...deps, crms }, input),
    evaluateConfig: (...input) => evaluateConfig(deps, ...input),
    keepAnalysis: (input) => keepAnalysis(deps, input),
    correctField: (input) => correctField(deps, input),
    withdrawCorrection: (input) => withdrawCorrection(deps, input),
    correctionCells: (input) => correctionCells({ db, crms }, input),
    listCorrections: (id) => listCorrections(db, id),

    planBackfill: (...input) => planBackfill({ ...deps, crms, checkConnection }, ...input),
    replanBackfill: (...input) => replanBackfill({ ...deps, crms, checkConnection }, ...input),
    readBackfillPlan: (input) => readBackfillPlan(deps, input),
    startBackfill: (input) => startBackfill(deps, input),
    goOnBackfill: (input) => goOnBackfill(deps, input),
    pauseBackfill: (input) => pauseBackfill(deps, input),
    setMaxCost: (input) => setMaxCost(deps, input),
    setSpeed: (input) => setSpeed(deps, input),
    resumeBackfill: (input) => resumeBackfill(deps, input),
    cancelBackfill: (input) => cancelBackfill(deps, input),
    undoBackfill: (input) => undoBackfill(deps, input),
    planUndoOfBackfill: (input) => planUndoOfBackfill({ ...deps, crms, checkConnection }, input),
    undoRun: (input) => undoRun(deps, input),
    retryRun: (input) => retryRun(deps, input),
    retryBackfill: (input) => retryBackfill(deps, input),
    planUndo: (input) => planUndo({ ...deps, crms, checkConnection }, input),
    reportRun: (id) => reportRun(db, id),
    listRunCells: (...input) => listRunCells(db, ...input),
    listBackfills: (...input) => listBackfills(db, ...input),
    backfillStatus: (id) => backfillStatus(deps, id),
    reportBackfill: (...input) => reportBackfill(deps, ...input),
    reportChanges: (...input) => reportChanges(deps, ...input),
    listSchedules: () => listSchedules(deps),
    scheduleFiles: () => scheduleFiles,
    runSchedule: (...input) => runSchedule({ ...deps, crms, checkConnection }, ...input),

    reportSpending: async () => ({
      scopes: await reportSpending(deps),
      parkedAnalyses: await countParked(db),
      parkedBackfills: await parkedBackfills(db),
    }),

    rerunForRecord: (input) => rerunForRecord({ ...deps, crms }, input),
    readRequest: (id) => readRequest(deps, id),
    listRequests: (input) => listRequests({ db, crms }, input),

    ...bindContacts(built),
    listMappings: () => activeMappings(db),
    mappingFiles: () => mappingFiles,
    checkLive: (input) => checkLive({ db, crms }, input),
    draftMapping: (input) => draftMapping({ ...deps, crms, kinds }, input),
    describeObjects: async (connection) => {
      const describe = (crm: Crm) => {
        const known: Kinds = kinds
        const objects = known[crm.kind]?.objects ?? []
        const describeOne = async (object: string) => {
          return { connection: crm.connection, crm: crm.kind, object, fields: await crm.describe(object) }
        }
        return Promise.all(objects.map(describeOne))
      }
      return Object.fromEntries(await eachConnection(foreign, connection, describe))
    },
    inspectConnections: async (connection) => {
      const inspect = (crm: Crm) => inspectConnection({ ...deps, crm, checkConnection })
      return Object.fromEntries(await eachConnection(foreign, connection, inspect))
    },
    prepareConnections: async ({ connection, ...input }) => {
      const prepare = async (crm: Crm) => {
        const fields = await prepareConnection({ db, crm, checkConnection }, input)
        return { fields, canCreate: crm.createField !== undefined }
      }
      return Object.fromEntries(await eachConnection(foreign, connection, prepare))
    },
    listMatches: (query) => listMatches(db, query),
    resolveMatch: (input) => resolveMatch({ ...deps, crms, checkConnection }, input),
    explainField: (input) => explainField({ ...deps, crms, checkConnection }, input),
    pushRecords: async ({ connection }) => {
      const push = (crm: Crm) =>
        unlessStopped(
          deps,
          { connection: crm.connection, work: 'push', byHand: true, hasAsked: ({ records }) => records > 0 },
          async () => {
            await checkConnection(crm.connection)
            return pushByHand(deps, crm)
          },
        )
      // Our own contacts count where a mapping file writes to them.
      const written = new Set((await activeMappings(db)).map((mapping) => mapping.connection))
      const all = [...crms].filter(([name, crm]) => !crm.isOurs || written.has(name))
      return Object.fromEntries(await eachConnection(connection === undefined ? new Map(all) : crms, connection, push))
    },
    importRecords: async ({ connection, isFull = false }) => {
      const mappings = await activeMappings(db)
      const importAll = async (crm: Crm) => {
        const how = { mappings, isFull, patienceMs: importPatienceMs, mustRun: true }
        const importOne = async () => {
          await checkConnection(crm.connection)
          return importConnection({ ...deps, crm }, how)
        }
        return (
          (await unlessStopped(deps, { connection: crm.connection, work: 'import', byHand: true }, importOne)) ?? []
        )
      }
      return Object.fromEntries(await eachConnection(connection === undefined ? foreign : crms, connection, importAll))
    },
    reportImports: () => reportImports(db),
    ...bindCrmConfig(built),

    verifyKey: (text) => verifyKey(deps, text),
    createKey: (input) => createKey(deps, input),
    limitKey: (input) => limitKey(deps, input),
    listKeys: () => listKeys(deps),
    revokeKey: (input) => revokeKey(deps, input),
  }
}
