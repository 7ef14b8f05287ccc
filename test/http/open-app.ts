import { afterAll } from 'vitest'
import {
  createVersion,
  getAgent,
  importAgents,
  listAgents,
  listVersions,
  publishVersion,
  saveDraft,
} from '../../src/agents/index.ts'
import { currentAnalysis, loadAnalyses, rerunConversation } from '../../src/analysis/index.ts'
import type { Actor } from '../../src/audit/index.ts'
import {
  backfillStatus,
  cancelBackfill,
  listBackfills,
  pauseBackfill,
  planBackfill,
  reportBackfill,
  resumeBackfill,
  startBackfill,
  undoBackfill,
} from '../../src/backfill/index.ts'
import { findContact } from '../../src/contacts/index.ts'
import { getRetellObject, importConversations, listConversations } from '../../src/conversations/index.ts'
import type { Db } from '../../src/db/index.ts'
import { createApp, createKey, type HttpDeps, verifyKey } from '../../src/http/index.ts'
import type { Log } from '../../src/log.ts'
import { openModel, profileOf } from '../../src/model/index.ts'
import { type ModelSandbox, startModelSandbox } from '../../src/sandbox/model/index.ts'
import { activeMappings, explainField, undoRun } from '../../src/sync/index.ts'
import { createTestDatabase } from '../support/database.ts'

type Line = Record<string, unknown>

export type TestApp = {
  app: ReturnType<typeof createApp>
  db: Db
  sandbox: ModelSandbox
  /** Log lines so far. */
  lines: Line[]
  key: string
  /** A request with the key; a body that is no text goes as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>
}

const tester: Actor = { kind: 'cli', name: 'test' }
const nothing = async () => undefined
const next = {
  conversationsStored: nothing,
  analysisKept: nothing,
  contributionsReleased: nothing,
  backfillRuns: nothing,
  recordsMarked: () => undefined,
  recordsPushed: nothing,
}

/** The real app over the real rooms, a database of its own and the sandbox model; only nobody answers what rooms announce. */
export async function openApp(instead: Partial<HttpDeps> = {}): Promise<TestApp> {
  const { db } = await createTestDatabase()
  const sandbox = await startModelSandbox({})
  afterAll(() => sandbox.close())
  const lines: Line[] = []
  const note = (fields: Line) => void lines.push(fields)
  const log: Log = { debug: note, info: note, warn: note, error: note }
  const app = createApp({ ...bind(db, sandbox, log), ...instead })
  const { key } = await createKey({ db }, { name: 'tester', actor: tester })
  const call: TestApp['call'] = async (method, path, body, headers = {}) =>
    app.request(path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && typeof body !== 'string' && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  return { app, db, sandbox, lines, key, call }
}

function bind(db: Db, sandbox: ModelSandbox, log: Log): HttpDeps {
  const settings = {
    url: sandbox.url,
    apiKey: 'sandbox-model',
    models: { '*': 'sandbox-extractive-1' },
    isSandbox: true,
  }
  const deps = {
    db,
    model: openModel(profileOf(settings), { backoffMs: 1 }),
    now: () => new Date(),
    next,
    defaultCountry: 'US',
    log,
  }
  return {
    log,
    sandbox: true,
    findMissing: async () => [],
    verifyKey: (text) => verifyKey(deps, text),
    getAgent: (...input) => getAgent(db, ...input),
    listAgents: () => listAgents(db),
    listVersions: (agentId) => listVersions(db, agentId),
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
    planBackfill: (input) => planBackfill(deps, input),
    startBackfill: (input) => startBackfill(deps, input),
    pauseBackfill: (input) => pauseBackfill(deps, input),
    resumeBackfill: (input) => resumeBackfill(deps, input),
    cancelBackfill: (input) => cancelBackfill(deps, input),
    undoBackfill: (input) => undoBackfill(deps, input),
    undoRun: (input) => undoRun(deps, input),
    listBackfills: (most) => listBackfills(db, most),
    backfillStatus: (id) => backfillStatus(deps, id),
    reportBackfill: (id) => reportBackfill(deps, id),
    listMappings: () => activeMappings(db),
    findContact: (text) => findContact(db, text, 'US'),
    explainField: (input) => explainField({ ...deps, crms: new Map() }, input),
    pushRecords: async () => ({}),
    requestImport: nothing,
  }
}
