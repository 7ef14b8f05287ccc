import type { Actor } from '../../src/audit/index.ts'
import { parseConfig } from '../../src/config.ts'
import { importRecords, planImports } from '../../src/contacts/index.ts'
import { type Crm, rememberConnection } from '../../src/crm/index.ts'
import { createLog } from '../../src/log.ts'
import { type Installation, kinds, openInstallation } from '../../src/main/index.ts'
import { type Mapping, parseMapping } from '../../src/mapping/index.ts'
import {
  type HubspotSandbox,
  type ModelSandbox,
  startHubspotSandbox,
  startModelSandbox,
} from '../../src/sandbox/index.ts'
import { activateMappings, pushConnection } from '../../src/sync/index.ts'
import type { AtEnd, TestDatabase } from './database.ts'

/** A whole installation on sandbox vendors, driven step by step: nothing happens that a test does not ask for. */
export type World = Installation & {
  database: TestDatabase
  hubspot: HubspotSandbox
  models: ModelSandbox
  crm: Crm
  actor: Actor
  /** Makes this YAML the active mapping `contacts.yaml`. */
  useMapping(yaml: string): Promise<void>
  /** A full import of the CRM's records, as the job does it. */
  importCrm(): Promise<void>
  /** Stores calls or chats of the source product's shape; analyses nothing. */
  take(...objects: object[]): Promise<void>
  /** Reruns one conversation and pushes what came of it. */
  rerun(conversationId: string): ReturnType<Installation['useCases']['rerunConversation']>
  /** Pushes until nothing is marked. */
  push(): Promise<void>
  /** What the CRM holds of a record. */
  held(externalId: string): Record<string, string | null>
  /** The settings of this world, for processes of its own. */
  environment: Record<string, string>
}

const actor: Actor = { kind: 'cli', name: 'test' }

/** Opens a world on an empty database; `atEnd` is told how to close it. `clock` is the CRM's, epoch ms. */
export async function openWorld(
  database: TestDatabase,
  { settings = {}, clock = Date.now, atEnd }: { settings?: Record<string, string>; clock?: () => number; atEnd: AtEnd },
): Promise<World> {
  const hubspot = await startHubspotSandbox({ rateScale: 100, clock })
  const models = await startModelSandbox({})
  const environment = {
    DATABASE_URL: database.url,
    AFTERWORD_CONNECTIONS: 'main',
    AFTERWORD_CONNECTION_MAIN_KIND: 'hubspot',
    AFTERWORD_CONNECTION_MAIN_TOKEN: 'sandbox-hubspot',
    AFTERWORD_CONNECTION_MAIN_URL: hubspot.url,
    AFTERWORD_CONNECTION_MAIN_PER_TEN_SECONDS: '19000',
    OPENAI_API_KEY: 'sandbox-model',
    OPENAI_BASE_URL: models.url,
    AFTERWORD_MODELS: '*=sandbox-extractive-1',
    AFTERWORD_LOG_LEVEL: 'warn',
    ...settings,
  }
  const config = parseConfig(environment, kinds)
  const installation = await openInstallation(config, createLog(config.logLevel))
  atEnd(async () => {
    await installation.close()
    await Promise.all([hubspot.close(), models.close()])
  })
  const { db, crms, log, next, useCases } = installation
  const crm = crms.get('main')
  if (!crm) throw new Error('the world has one connection, main')
  const { accountId, ownAppId } = await crm.account()
  await rememberConnection({ db }, { name: 'main', kind: 'hubspot', account: accountId, ownAppId })
  const now = () => new Date()
  let mapping: Mapping | undefined
  const push = async () => {
    // Background marks linger for company; a test has none.
    await db
      .updateTable('marks')
      .set({ not_before: new Date(0) })
      .execute()
    await pushConnection({ db, log, now, next }, crm)
  }

  return {
    ...installation,
    database,
    hubspot,
    models,
    crm,
    actor,
    environment,
    push,
    async useMapping(yaml) {
      const parsed = parseMapping(yaml, 'contacts.yaml')
      if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems, null, 1))
      mapping = parsed.mapping
      await activateMappings({ db }, [mapping], actor)
    },
    async importCrm() {
      for (const plan of planImports(crm, mapping ? [mapping] : []))
        await importRecords({ db, crm, log, now, next }, { plan })
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
    held(externalId) {
      const contact = hubspot.state().contacts.find((each) => each.id === externalId)
      if (!contact) throw new Error(`the sandbox has no contact ${externalId}`)
      return contact.properties
    },
  }
}
