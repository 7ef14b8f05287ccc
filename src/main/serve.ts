import { setTimeout as sleep } from 'node:timers/promises'
import type { Config, Role } from '../config.ts'
import { pendingMigrations } from '../db/index.ts'
import { createApp, type Listening, listen } from '../http/index.ts'
import { requestImport } from '../jobs.ts'
import type { Log } from '../log.ts'
import { keepHeapSmall } from './keep-heap-small.ts'
import { activateMappingFiles, watchMappingFiles } from './mapping-files.ts'
import { onSandbox, startSandboxBeside } from './on-sandbox.ts'
import { checkConnections, type Installation, openInstallation, startWorking } from './open-installation.ts'
import { activateScheduleFiles, watchScheduleFiles } from './schedule-files.ts'
import { shutdownsInUse } from './shutdowns-in-use.ts'

/** The HTTP door of an installation, listening. */
export async function openWeb({ config, log, db, useCases }: Installation): Promise<Listening> {
  const app = createApp({
    ...useCases,
    log,
    sandbox: config.sandbox,
    findMissing: async () => ((await pendingMigrations(db)).length > 0 ? ['migrations'] : []),
  })
  return listen(app, config)
}

/**
 * Runs the service in these roles until the process is asked to end (SIGINT, SIGTERM), then brings what is in hand to an
 * end. Broken mapping files, refused credentials and a connection that changed its account stop it before it does anything;
 * a CRM that cannot be reached does not. Mapping files saved while it runs are taken up; wrong ones leave the set before in force.
 * So are the files of backfills that repeat, each by itself: a wrong one stops nothing.
 */
export async function serve(settings: Config, log: Log, roles: Role[], print: (text: string) => void): Promise<void> {
  keepHeapSmall()
  const asked = askedToEnd()
  await using ends = new AsyncDisposableStack()
  const sandbox = settings.sandbox ? await startSandboxBeside(settings.port) : null
  ends.defer(async () => sandbox?.close())
  const installation = await openInstallation(sandbox ? onSandbox(settings, sandbox) : settings, log)
  ends.defer(installation.close)
  await activateMappingFiles(installation)
  await activateScheduleFiles(installation)
  await checkConnections(installation)
  for (const { model, warning } of await shutdownsInUse(installation)) log.warn({ model }, warning)
  if (roles.includes('worker')) {
    await startWorking(installation)
    await importNewConnections(installation)
  }
  if (roles.includes('web')) {
    const web = await openWeb(installation)
    ends.defer(web.close)
    print(`Afterword listens on ${web.url}${sandbox ? ', with sandbox vendors' : ''}`)
    const hasKey = (await installation.useCases.listKeys()).some((key) => key.revokedAt === null)
    if (!hasKey) print('Nobody has an API key yet: afterword key create <name>')
  }
  ends.defer(watchMappingFiles(installation).close)
  ends.defer(watchScheduleFiles(installation).close)
  await asked
}

/** A connection that was never imported has no record anybody could match. */
async function importNewConnections({ db, queue, crms }: Installation): Promise<void> {
  const rows = await db.selectFrom('connections').select('name').where('imported_at', 'is not', null).execute()
  const imported = new Set(rows.map(({ name }) => name))
  for (const [name, { isOurs }] of crms) if (!isOurs && !imported.has(name)) await requestImport(queue, name)
}

/** Resolves when the process is asked to end; asked a second time, or after a minute, it ends at once. */
export function askedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve()
        process.once(signal, () => process.exit(1))
        void sleep(60_000, undefined, { ref: false }).then(() => process.exit(1))
      })
    }
  })
}
