import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config.ts'
import { type CheckConnection, type Crm, createChecks, endWaits } from '../crm/index.ts'
import { closeDb, connect, type Db, migrateToLatest, startEmbedded } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { jobs } from '../jobs.ts'
import type { Paces } from '../limits/index.ts'
import type { Log } from '../log.ts'
import { type Model, openModel, type PriceTable, profileOf, readPrices } from '../model/index.ts'
import { announce, type Next } from '../pipeline.ts'
import { createQueue, type Queue } from '../queue/index.ts'
import type { MappingFiles } from './mapping-files.ts'
import type { ScheduleFileProblems } from './schedule-files.ts'
import { tend } from './tend.ts'
import { bindUseCases, type UseCases } from './use-cases.ts'
import { work } from './work.ts'

/** Everything that is built once and handed to the use cases. */
export type Built = {
  config: Config
  log: Log
  db: Db
  queue: Queue
  model: Model
  crms: Map<string, Crm>
  paces: Paces
  checkConnection: CheckConnection
  next: Next
  now: () => Date
  mappingFiles: MappingFiles
  scheduleFiles: ScheduleFileProblems
}

export type Installation = Built & { useCases: UseCases; close(): Promise<void> }

/** A worker's jobs get this long to come to an end before they are left to others. */
const drainMs = 30_000

/**
 * Builds an installation from its settings: database (migrated), queue, model and CRMs. Takes no jobs, listens nowhere and
 * calls no vendor yet. Close it; what it started is stopped, last of all its database. Prices that are known are not read again.
 */
export async function openInstallation(config: Config, log: Log, known?: PriceTable): Promise<Installation> {
  await using ends = new AsyncDisposableStack()
  const server = config.databaseUrl === null ? await startEmbedded({ folder: config.dataFolder, log }) : null
  ends.defer(async () => server?.stop())
  const url = config.databaseUrl ?? server?.url ?? ''
  const db = connect(url, { max: 20, log })
  ends.defer(() => closeDb(db))
  await migrateToLatest(db)
  const queue = await createQueue({ url, log }, jobs)
  ends.defer(() => queue.stop({ drainMs }))
  const prices = known ?? (await readPrices(config.pricesFile))
  const profile = profileOf({ ...config.model, isSandbox: config.sandbox })
  const { spending: limits, modelPerMinute: perMinute } = config
  const around = { limits, perMinute, prices, log }
  const others = config.model.providers.map(({ name: provider, ...settings }) =>
    openModel(profileOf({ ...settings, provider, models: {}, isSandbox: false }), {}, around),
  )
  const model = openModel(profile, {}, { ...around, others })
  const crms = new Map<string, Crm>()
  for (const { name, open } of config.connections) crms.set(name, await open({ db, log, secret: config.secret }, name))
  const checkConnection = createChecks({ db }, crms)
  const mappingFiles: MappingFiles = { checkedAt: null, problems: [] }
  const scheduleFiles: ScheduleFileProblems = { checkedAt: null, problems: [] }
  const paces = new Map(config.connections.map(({ name, pace }) => [name, pace]))
  const built = {
    config,
    log,
    db,
    queue,
    model,
    crms,
    paces,
    checkConnection,
    next: announce(queue),
    now: () => new Date(),
    mappingFiles,
    scheduleFiles,
  }
  const opened = ends.move()
  return { ...built, useCases: bindUseCases(built), close: () => opened.disposeAsync() }
}

/** A start waits this long for a CRM that does not answer. */
const patienceMs = 10_000

/**
 * Asks every CRM whose account it is. Stops where credentials are refused or a connection leads to another account than before.
 * One that cannot be reached now holds up nobody else: what is to be pushed there waits, and asks again.
 */
export async function checkConnections({ crms, checkConnection, db, log }: Built): Promise<void> {
  const check = async (connection: string) => {
    const late = sleep(patienceMs, 'late', { ref: false })
    const failure = await Promise.race([checkConnection(connection).catch((error: unknown) => error), late])
    // What was refused before may not be with the settings of this start.
    if (failure === undefined) return endWaits(db, connection)
    if (failure instanceof AppError && failure.recovery !== 'retry') throw failure
    const reason = failure instanceof Error ? failure.message : `no answer within ${patienceMs} ms`
    log.warn({ connection, reason }, 'a CRM cannot be reached: what is for it waits')
  }
  await Promise.all([...crms.keys()].map(check))
}

/** Begins to take jobs. */
export async function startWorking(installation: Built): Promise<void> {
  work(installation.queue, installation)
  tend(installation.queue, installation)
  await installation.queue.start()
}
