import type { Actor } from '../../src/audit/index.ts'
import { parseConfig } from '../../src/config.ts'
import { importConnection } from '../../src/contacts/index.ts'
import type { Crm } from '../../src/crm/index.ts'
import { checkConnections, type Installation, kinds, openInstallation } from '../../src/main/index.ts'
import { type Mapping, parseMapping } from '../../src/mapping/index.ts'
import {
  type HubspotSandbox,
  type ModelSandbox,
  type SalesforceSandbox,
  startHubspotSandbox,
  startModelSandbox,
  startSalesforceSandbox,
} from '../../src/sandbox/index.ts'
import { activateMappings, activeMappings, pushByHand } from '../../src/sync/index.ts'
import type { Account, Kind } from './accounts/account.ts'
import { hubspotAccount } from './accounts/hubspot.ts'
import { salesforceAccount } from './accounts/salesforce.ts'
import type { AtEnd, TestDatabase } from './database.ts'
import { watchedLog } from './watched-log.ts'

/** A whole installation on sandbox vendors, driven step by step: nothing happens that a test does not ask for. */
export type World = Installation & {
  database: TestDatabase
  /** Stand-ins of all vendors, also of those that the installation has no connection to. */
  hubspot: HubspotSandbox
  salesforce: SalesforceSandbox
  models: ModelSandbox
  /** What is behind the connections. */
  accounts: Account[]
  /** The first of them, which most worlds have alone, and its adapter. */
  account: Account
  crm: Crm
  actor: Actor
  /** Makes this YAML the active mapping `contacts.yaml`; further ones get files of their own. */
  useMapping(...yaml: string[]): Promise<void>
  /** A full import of the CRMs' records, as the job does it. */
  importCrm(): Promise<void>
  /** Stores calls or chats of the source product's shape; analyses nothing. */
  take(...objects: object[]): Promise<void>
  /** Reruns one conversation and pushes what came of it. */
  rerun(conversationId: string): ReturnType<Installation['useCases']['rerunConversation']>
  /** Pushes until nothing is marked. */
  push(): Promise<void>
  /** What the first account holds of a record; what is empty is left out. */
  held(externalId: string): Record<string, string>
  /** The settings of this world, for processes of its own. */
  environment: Record<string, string>
}

export type WorldOptions = {
  settings?: Record<string, string>
  /** The CRMs' own, epoch ms: the machine's unless given. */
  clock?: () => number
}

const actor: Actor = { kind: 'cli', name: 'test' }

/**
 * Opens a world on an empty database, with a connection of each of these kinds: `main` is the first, others go by their kind.
 * `atEnd` is told how to close it.
 */
export async function openWorld(
  database: TestDatabase,
  {
    kinds: connected = ['hubspot'],
    settings,
    clock = Date.now,
    atEnd,
  }: WorldOptions & { kinds?: Kind[]; atEnd: AtEnd },
): Promise<World> {
  const hubspot = await startHubspotSandbox({ rateScale: 100, clock })
  const salesforce = await startSalesforceSandbox({ clock })
  const models = await startModelSandbox({})
  const accounts = connected.map((kind, place) => {
    const connection = place === 0 ? 'main' : kind
    return kind === 'hubspot' ? hubspotAccount(hubspot, connection) : salesforceAccount(salesforce, connection)
  })
  const environment = {
    DATABASE_URL: database.url,
    AFTERWORD_CONNECTIONS: accounts.map(({ connection }) => connection).join(','),
    ...Object.assign({}, ...accounts.map(settingsOf)),
    OPENAI_API_KEY: 'sandbox-model',
    OPENAI_BASE_URL: models.url,
    AFTERWORD_MODELS: '*=sandbox-extractive-1',
    AFTERWORD_LOG_LEVEL: 'warn',
    ...settings,
  }
  const config = parseConfig(environment, kinds)
  const installation = await openInstallation(config, watchedLog(config.logLevel))
  atEnd(async () => {
    await installation.close()
    await Promise.all([hubspot.close(), salesforce.close(), models.close()])
  })
  const { db, crms, log, model, next, useCases } = installation
  await checkConnections(installation)
  const [[account], [crm]] = [accounts, [...crms.values()]]
  if (!account || !crm) throw new Error('a world has at least one connection')
  const now = () => new Date()
  const push = async () => {
    await endLinger(installation)
    for (const each of crms.values()) await pushByHand({ db, log, model, now, next }, each)
  }

  return {
    ...installation,
    database,
    hubspot,
    salesforce,
    models,
    accounts,
    account,
    crm,
    actor,
    environment,
    push,
    async useMapping(...yaml) {
      await activateMappings({ db }, yaml.map(toMapping), actor)
    },
    async importCrm() {
      const mappings = await activeMappings(db)
      for (const crm of crms.values()) await importConnection({ db, crm, log, now, next }, { mappings, isFull: true })
    },
    async take(...objects) {
      const lines = objects.map((object) => JSON.stringify(object))
      const report = await useCases.importConversations({ lines, actor, reason: 'test', analyse: false })
      if (report.problemCount > 0) throw new Error(JSON.stringify(report.problems))
    },
    async rerun(conversationId) {
      const result = await useCases.rerunConversation({ conversationId, actor, reason: 'test' })
      await push()
      return result
    },
    held: account.held,
  }
}

/** Background marks linger for company; a test has none. */
export async function endLinger({ db }: Pick<World, 'db'>): Promise<void> {
  for (const table of ['marks', 'creation_marks'] as const)
    await db
      .updateTable(table)
      .set({ not_before: new Date(0) })
      .execute()
}

function settingsOf({ connection, settings }: Account): Record<string, string> {
  const prefix = `AFTERWORD_CONNECTION_${connection.toUpperCase()}_`
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [prefix + key, value]))
}

function toMapping(yaml: string, place: number): Mapping {
  const parsed = parseMapping(yaml, place === 0 ? 'contacts.yaml' : `contacts_${place + 1}.yaml`)
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems, null, 1))
  return parsed.mapping
}
