import { setTimeout as sleep } from 'node:timers/promises'
import {
  askReruns,
  correctField,
  correctionsOf,
  currentAnalysis,
  currentFields,
  diffAnalyses,
  evaluateConfig,
  keepAnalysis,
  listAnalyses,
  listCorrections,
  readReruns,
  rerunConversation,
} from '../analysis/index.ts'
import {
  deleteConversation,
  getRetellObject,
  listConversations,
  listRetellObjects,
  updateConversation,
} from '../conversations/index.ts'
import {
  correctionCells,
  lookUpConversation,
  planRetention,
  previewRerun,
  runRetention,
  withdrawCorrection,
} from '../sync/index.ts'
import type { Built } from './open-installation.ts'
import type { UseCases } from './use-cases.ts'

/** How long a rerun waits for a CRM that is searched: what it finds later is linked and pushed then. */
const lookUpPatienceMs = 3_000

/** Those on conversations, their analyses and corrections. */
export function bindConversations({ config, log, db, model, crms, checkConnection, next, now }: Built) {
  const { defaultCountry } = config
  const deps = { db, log, model, now, next, defaultCountry }
  return {
    listConversations: (...input) => listConversations(db, ...input),
    getRetellObject: (id) => getRetellObject(db, id),
    listRetellObjects: (...input) => listRetellObjects(db, ...input),
    updateConversation: (input) => updateConversation(deps, input),
    deleteConversation: (input) => deleteConversation({ ...deps, deletionGraceDays: config.deletionGraceDays }, input),
    planRetention: () => planRetention({ ...deps, crms, retentionDays: config.retentionDays }),
    runRetention: (input) => runRetention({ ...deps, crms, retentionDays: config.retentionDays }, input),

    currentAnalysis: (id) => currentAnalysis(db, id),
    currentFields: (ids) => currentFields(db, ids),
    correctionsOf: (ids) => correctionsOf(db, ids),
    listAnalyses: (id) => listAnalyses(db, id),
    diffAnalyses: (input) => diffAnalyses(db, input),
    rerunConversation: async (input) => {
      const lookedUp = lookUpConversation({ ...deps, crms, checkConnection }, input.conversationId)
      await Promise.race([lookedUp, sleep(lookUpPatienceMs, undefined, { ref: false })])
      return rerunConversation(deps, input)
    },
    askReruns: (input) => askReruns(deps, input),
    readReruns: (runId) => readReruns(db, runId),
    previewRerun: (input) => previewRerun({ ...deps, crms }, input),
    evaluateConfig: (...input) => evaluateConfig(deps, ...input),
    keepAnalysis: (input) => keepAnalysis(deps, input),
    correctField: (input) => correctField(deps, input),
    withdrawCorrection: (input) => withdrawCorrection(deps, input),
    correctionCells: (input) => correctionCells({ db, crms }, input),
    listCorrections: (id) => listCorrections(db, id),
  } satisfies Partial<UseCases>
}
