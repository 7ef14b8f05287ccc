import { importAgents } from '../../src/agents/index.ts'
import { rerunConversation } from '../../src/analysis/index.ts'
import {
  backfillStatus,
  cancelBackfill,
  pauseBackfill,
  planBackfill,
  reportBackfill,
  resumeBackfill,
  startBackfill,
  undoBackfill,
} from '../../src/backfill/index.ts'
import { type CliDeps, type Opened, runCli } from '../../src/cli/index.ts'
import { importConversations } from '../../src/conversations/index.ts'
import type { Db } from '../../src/db/index.ts'
import { createKey, listKeys, revokeKey } from '../../src/http/index.ts'
import { createLog } from '../../src/log.ts'
import type { Model } from '../../src/model/index.ts'
import { explainField, undoRun } from '../../src/sync/index.ts'

export type Run = { code: number; out: string; err: string }

const nothing = async () => undefined
const next = {
  conversationsStored: nothing,
  analysisKept: nothing,
  contributionsReleased: nothing,
  backfillRuns: nothing,
  recordsMarked: () => undefined,
  recordsPushed: nothing,
}

/** Runs commands over the real rooms; `opened` counts how often a command asked for an installation. */
export function openCli(house: { db: Db; model: Model }, instead: Partial<CliDeps> = {}) {
  const counts = { opened: 0, closed: 0 }
  const run = async (...args: string[]): Promise<Run> => {
    const out: string[] = []
    const err: string[] = []
    const code = await runCli(
      {
        open: async () => {
          counts.opened += 1
          return bind(house, counts)
        },
        serve: nothing,
        migrate: async () => [],
        doctor: async () => [],
        demo: nothing,
        mappingsFolder: () => 'no/such/folder',
        user: 'tester',
        print: (text) => void out.push(text),
        warn: (text) => void err.push(text),
        ...instead,
      },
      args,
    )
    return { code, out: out.join('\n'), err: err.join('\n') }
  }
  return { run, counts }
}

function bind({ db, model }: { db: Db; model: Model }, counts: { closed: number }): Opened {
  const deps = { db, model, next, now: () => new Date(), log: createLog('silent'), defaultCountry: 'US' }
  return {
    importAgents: (input) => importAgents(deps, input),
    importConversations: (input) => importConversations(deps, input),
    rerunConversation: (input) => rerunConversation(deps, input),
    planBackfill: (input) => planBackfill(deps, input),
    startBackfill: (input) => startBackfill(deps, input),
    pauseBackfill: (input) => pauseBackfill(deps, input),
    resumeBackfill: (input) => resumeBackfill(deps, input),
    cancelBackfill: (input) => cancelBackfill(deps, input),
    undoBackfill: (input) => undoBackfill(deps, input),
    undoRun: (input) => undoRun(deps, input),
    backfillStatus: (id) => backfillStatus(deps, id),
    reportBackfill: (id) => reportBackfill(deps, id),
    explainField: (input) => explainField({ ...deps, crms: new Map() }, input),
    importRecords: async () => ({}),
    pushRecords: async () => ({}),
    createKey: (input) => createKey(deps, input),
    listKeys: () => listKeys(deps),
    revokeKey: (input) => revokeKey(deps, input),
    countWorkers: async () => 0,
    close: async () => {
      counts.closed += 1
    },
  }
}
