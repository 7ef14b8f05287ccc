import {
  createVersion,
  getAgent,
  importAgents,
  listAgents,
  listVersions,
  publishVersion,
  saveDraft,
} from './agents/index.ts'
import { currentAnalysis, loadAnalyses, rerunConversation } from './analysis/index.ts'
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
} from './backfill/index.ts'
import type { DemoHost } from './cli/demo/demo-host.ts'
import type { Config } from './config.ts'
import { findContact, importRecords, planImports } from './contacts/index.ts'
import { getRetellObject, importConversations, listConversations } from './conversations/index.ts'
import { type Crm, createHubspot, rememberConnection } from './crm/index.ts'
import { closeDb, connect, type Db, migrateToLatest, pendingMigrations, startEmbedded } from './db/index.ts'
import { createApp, createKey, type HttpDeps, verifyKey } from './http/index.ts'
import type { Log } from './log.ts'
import { type Model, openModel, profileOf } from './model/index.ts'
import { announce, jobs, type Next, requestImport, work } from './pipeline.ts'
import { createQueue, type Queue } from './queue/index.ts'
import {
  deskAgentId,
  draftWithShortSummary,
  editAsRep,
  type Sandbox,
  sampleAgents,
  sampleConversations,
} from './sandbox/index.ts'
import { activateFolder, activeMappings, explainField, pushConnection, runPushes } from './sync/index.ts'

/** Everything built, and how to end it. What the doors call is bound in `useCases`. */
export type Installation = {
  config: Config
  log: Log
  db: Db
  queue: Queue
  model: Model
  crms: Map<string, Crm>
  next: Next
  useCases: ReturnType<typeof bindUseCases>
  close(): Promise<void>
}

/**
 * Builds an installation from its settings: database (migrated), queue, model and CRMs. Takes no jobs, listens nowhere and
 * calls no vendor yet. Close it; what it started is stopped, last of all its database.
 */
export async function openInstallation(config: Config, log: Log): Promise<Installation> {
  const server = config.databaseUrl === null ? await startEmbedded({ folder: config.dataFolder, log }) : null
  const url = config.databaseUrl ?? server?.url ?? ''
  const db = connect(url, { max: 20, log })
  try {
    await migrateToLatest(db)
    const queue = await createQueue({ url, log }, jobs)
    const model = openModel(profileOf({ ...config.model, isSandbox: config.sandbox }))
    const crms = new Map(config.connections.map((connection) => [connection.name, openCrm({ db, log }, connection)]))
    const next = announce(queue)
    const base = { config, log, db, queue, model, crms, next }
    return {
      ...base,
      useCases: bindUseCases(base),
      close: async () => {
        await queue.stop({ drainMs: 30_000 })
        await closeDb(db)
        await server?.stop()
      },
    }
  } catch (error) {
    await closeDb(db)
    await server?.stop()
    throw error
  }
}

function openCrm(
  deps: { db: Db; log: Log },
  { name, url, token, appId, callsPerTenSeconds }: Config['connections'][number],
): Crm {
  const rate = { perTenSeconds: callsPerTenSeconds }
  return createHubspot(deps, { connection: name, baseUrl: url, token, ownAppId: appId, rate })
}

const now = () => new Date()

function bindUseCases({ config, log, db, queue, model, crms, next }: Omit<Installation, 'useCases' | 'close'>) {
  const { defaultCountry } = config
  const deps = { db, log, model, now, next, defaultCountry }
  const http: Omit<HttpDeps, 'log' | 'sandbox' | 'verifyKey' | 'findMissing'> = {
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
    planBackfill: (input) => planBackfill(deps, input),
    startBackfill: (input) => startBackfill(deps, input),
    pauseBackfill: (input) => pauseBackfill(deps, input),
    resumeBackfill: (input) => resumeBackfill(deps, input),
    cancelBackfill: (input) => cancelBackfill(deps, input),
    undoBackfill: (input) => undoBackfill(deps, input),
    listBackfills: (...input) => listBackfills(db, ...input),
    backfillStatus: (id) => backfillStatus(deps, id),
    reportBackfill: (id) => reportBackfill(deps, id),
    listMappings: () => activeMappings(db),
    findContact: (text) => findContact(db, text, defaultCountry),
    explainField: (input) => explainField(deps, input),
    pushRecords: async ({ connection }) => {
      const wanted = [...crms.values()].filter((crm) => connection === undefined || crm.connection === connection)
      return Object.fromEntries(
        await Promise.all(wanted.map(async (crm) => [crm.connection, await pushConnection(deps, crm)])),
      )
    },
    requestImport: async () => {
      for (const connection of crms.keys()) await requestImport(queue, connection)
    },
  }
  return http
}

/** Makes the mapping files of the configured folder the active set, or says everything that is wrong with them. */
export async function activateMappingFiles({ config, db, crms }: Installation): Promise<void> {
  const actor = { kind: 'system', name: 'start' } as const
  await activateFolder({ db }, { folder: config.mappingsFolder, connections: [...crms.keys()], actor })
}

/** Checks that every connection still leads to the account it led to before, and begins to take jobs. */
export async function startWorking({ db, log, queue, model, crms, next }: Installation): Promise<void> {
  for (const crm of crms.values()) {
    const { accountId, ownAppId } = await crm.account()
    await rememberConnection({ db }, { name: crm.connection, kind: crm.kind, account: accountId, ownAppId })
  }
  work(queue, { db, model, crms, log, now, next })
  await queue.start()
}

/** The HTTP door of an installation. */
export function webOf({ config, log, db, useCases }: Installation) {
  return createApp({
    ...useCases,
    log,
    sandbox: config.sandbox,
    verifyKey: (text) => verifyKey({ db }, text),
    findMissing: async () => ((await pendingMigrations(db)).length > 0 ? ['migrations'] : []),
  })
}

/** The settings of an installation on sandbox vendors. */
export function onSandbox(config: Config, sandbox: Sandbox): Config {
  const { hubspot, models, hubspotToken, modelKey, modelName } = sandbox
  const connection = { name: 'main', kind: 'hubspot', url: hubspot.url, token: hubspotToken, appId: null } as const
  return {
    ...config,
    sandbox: true,
    connections: [{ ...connection, callsPerTenSeconds: 190 }],
    model: { url: models.url, apiKey: modelKey, models: { '*': modelName } },
  }
}

/** What the demo acts on. */
export function demoHost(installation: Installation, sandbox: Sandbox, url: string): DemoHost {
  const { db, crms, log, next, useCases } = installation
  const { hubspot, peopleByEmail } = sandbox
  const people = new Map([...peopleByEmail].map(([email, id]) => [id, email]))
  return {
    ...useCases,
    url,
    modelName: sandbox.modelName,
    samples: {
      agents: sampleAgents,
      conversations: sampleConversations,
      agentId: deskAgentId,
      draft: draftWithShortSummary,
      editAsRep: () => editAsRep(hubspot, peopleByEmail),
    },
    crm: { nameOf: (externalId) => people.get(externalId) ?? externalId, state: () => hubspot.state() },
    createKey: async (name) => (await createKey({ db }, { name, actor: { kind: 'cli', name: 'demo' } })).key,
    importRecords: async () => {
      for (const [connection, crm] of crms) {
        const mappings = (await activeMappings(db)).filter((mapping) => mapping.connection === connection)
        for (const plan of planImports(mappings)) await importRecords({ db, crm, log, now, next }, { plan })
      }
    },
    analysed: async () => {
      const { analysed } = await db
        .selectFrom('analyses')
        .select((eb) => eb.fn.countAll<number>().as('analysed'))
        .where('current', '=', true)
        .executeTakeFirstOrThrow()
      return analysed
    },
    runPushes: (runId) => runPushes(db, runId),
  }
}
