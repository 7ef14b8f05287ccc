import { type DemoHost, runDemo } from '../cli/index.ts'
import type { Config } from '../config.ts'
import { startThrowaway } from '../db/index.ts'
import type { Log } from '../log.ts'
import {
  deskAgentId,
  draftWithShortSummary,
  editAsRep,
  type Sandbox,
  sampleAgents,
  sampleConversations,
  sandboxVendors,
  startSandbox,
} from '../sandbox/index.ts'
import { runPushes } from '../sync/index.ts'
import { activateMappingFiles } from './mapping-files.ts'
import { onSandbox } from './on-sandbox.ts'
import { checkConnections, type Installation, openInstallation, startWorking } from './open-installation.ts'
import { askedToEnd, openWeb } from './serve.ts'

/** Plays the demo on a database of its own, made anew each time, and then serves on until it is asked to end. */
export async function demo(
  settings: Config,
  log: Log,
  { once, print }: { once: boolean; print: (text: string) => void },
): Promise<void> {
  const asked = askedToEnd()
  await using ends = new AsyncDisposableStack()
  const server = await startThrowaway({ log })
  ends.defer(server.stop)
  const sandbox = await startSandbox()
  ends.defer(sandbox.close)
  const installation = await openInstallation(onSandbox({ ...settings, databaseUrl: server.url }, sandbox), log)
  ends.defer(installation.close)
  await activateMappingFiles(installation)
  await checkConnections(installation)
  await startWorking(installation)
  const web = await openWeb(installation)
  ends.defer(web.close)
  await runDemo(hostOf(installation, sandbox), print, settings.demoReport)
  const { key } = await installation.useCases.createKey({ name: 'demo', actor: { kind: 'cli', name: 'demo' } })
  print(`\nThe service runs at ${web.url}\n  curl -H 'Authorization: Bearer ${key}' ${web.url}/v1/backfills`)
  if (once) return
  print('Ctrl-C ends it, and its database with it.')
  await asked
}

function hostOf({ db, useCases }: Installation, sandbox: Sandbox): DemoHost {
  const { hubspot, salesforce, peopleByEmail, salesforcePeopleByEmail } = sandbox
  const people = new Map([...peopleByEmail, ...salesforcePeopleByEmail].map(([email, id]) => [id, email]))
  return {
    ...useCases,
    modelName: sandboxVendors.modelName,
    samples: {
      agents: sampleAgents,
      conversations: sampleConversations,
      agentId: deskAgentId,
      draft: draftWithShortSummary,
      editAsRep: () => editAsRep(hubspot, peopleByEmail),
    },
    crm: {
      nameOf: (externalId) => people.get(externalId) ?? externalId,
      state: () => ({ main: hubspot.state(), salesforce: salesforce.state() }),
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
