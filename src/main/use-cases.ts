import {
  createVersion,
  getAgent,
  importAgents,
  listAgents,
  listVersions,
  publishVersion,
  saveDraft,
} from '../agents/index.ts'
import { countParked, currentAnalysis, loadAnalyses, rerunConversation } from '../analysis/index.ts'
import {
  backfillStatus,
  cancelBackfill,
  listBackfills,
  parkedBackfills,
  pauseBackfill,
  planBackfill,
  planUndoOfBackfill,
  readBackfillPlan,
  replanBackfill,
  reportBackfill,
  resumeBackfill,
  startBackfill,
  undoBackfill,
} from '../backfill/index.ts'
import type { Opened } from '../cli/index.ts'
import { findContact, importConnection } from '../contacts/index.ts'
import { getRetellObject, importConversations, listConversations } from '../conversations/index.ts'
import type { Crm } from '../crm/index.ts'
import { createKey, type HttpDeps, limitKey, listKeys, revokeKey, verifyKey } from '../http/index.ts'
import { reportSpending } from '../limits/index.ts'
import { requestImport } from '../pipeline.ts'
import {
  activeMappings,
  explainField,
  listRunCells,
  planUndo,
  pushConnection,
  reportRun,
  undoRun,
} from '../sync/index.ts'
import { listRequests, readRequest, rerunForRecord } from '../triggers/index.ts'
import { eachConnection } from './each-connection.ts'
import type { Built } from './open-installation.ts'

/** Every use case a door calls, with what it depends on given already: the same functions for HTTP, command line and demo. */
export type UseCases = Omit<HttpDeps, 'log' | 'sandbox' | 'findMissing'> & Omit<Opened, 'close' | 'countWorkers'>

export function bindUseCases({ config, log, db, queue, model, crms, checkConnection, next, now }: Built): UseCases {
  const deps = { db, log, model, now, next, defaultCountry: config.defaultCountry }
  return {
    getAgent: (...input) => getAgent(db, ...input),
    listAgents: () => listAgents(db),
    listVersions: (id) => listVersions(db, id),
    saveDraft: (input) => saveDraft(deps, input),
    createVersion: (input) => createVersion(deps, input),
    publishVersion: (input) => publishVersion(deps, input),
    importAgents: (input) => importAgents(deps, input),

    importConversations: (input) => importConversations(deps, input),
    listConversations: (...input) => listConversations(db, ...input),
    getRetellObject: (id) => getRetellObject(db, id),

    currentAnalysis: (id) => currentAnalysis(db, id),
    listAnalyses: async (id) => (await loadAnalyses(db, [id])).get(id) ?? [],
    rerunConversation: (input) => rerunConversation(deps, input),

    planBackfill: (...input) => planBackfill({ ...deps, crms, checkConnection }, ...input),
    replanBackfill: (...input) => replanBackfill({ ...deps, crms, checkConnection }, ...input),
    readBackfillPlan: (input) => readBackfillPlan(deps, input),
    startBackfill: (input) => startBackfill(deps, input),
    pauseBackfill: (input) => pauseBackfill(deps, input),
    resumeBackfill: (input) => resumeBackfill(deps, input),
    cancelBackfill: (input) => cancelBackfill(deps, input),
    undoBackfill: (input) => undoBackfill(deps, input),
    planUndoOfBackfill: (input) => planUndoOfBackfill({ ...deps, crms, checkConnection }, input),
    undoRun: (input) => undoRun(deps, input),
    planUndo: (input) => planUndo({ ...deps, crms, checkConnection }, input),
    reportRun: (id) => reportRun(db, id),
    listRunCells: (...input) => listRunCells(db, ...input),
    listBackfills: (...input) => listBackfills(db, ...input),
    backfillStatus: (id) => backfillStatus(deps, id),
    reportBackfill: (id) => reportBackfill(deps, id),

    reportSpending: async () => ({
      scopes: await reportSpending(deps),
      parkedAnalyses: await countParked(db),
      parkedBackfills: await parkedBackfills(db),
    }),

    rerunForRecord: (input) => rerunForRecord({ ...deps, crms }, input),
    readRequest: (id) => readRequest(deps, id),
    listRequests: (input) => listRequests({ db, crms }, input),

    listMappings: () => activeMappings(db),
    findContact: (text) => findContact(db, text, config.defaultCountry),
    explainField: (input) => explainField({ ...deps, crms }, input),
    pushRecords: async ({ connection }) => {
      const push = async (crm: Crm) => {
        await checkConnection(crm.connection)
        return pushConnection(deps, crm)
      }
      return Object.fromEntries(await eachConnection(crms, connection, push))
    },
    importRecords: async ({ connection, isFull = false }) => {
      const mappings = await activeMappings(db)
      const importAll = async (crm: Crm) => {
        await checkConnection(crm.connection)
        return importConnection({ ...deps, crm }, { mappings, isFull })
      }
      return Object.fromEntries(await eachConnection(crms, connection, importAll))
    },
    requestImport: async () => {
      for (const connection of crms.keys()) await requestImport(queue, connection)
    },

    verifyKey: (text) => verifyKey(deps, text),
    createKey: (input) => createKey(deps, input),
    limitKey: (input) => limitKey(deps, input),
    listKeys: () => listKeys(deps),
    revokeKey: (input) => revokeKey(deps, input),
  }
}
