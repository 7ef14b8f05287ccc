import { loadScheduleFolders } from '../backfill/index.ts'
import type { CliDeps } from '../cli/index.ts'
import type { Config } from '../config.ts'
import { inspectAccount } from '../conversations/index.ts'
import { askedAgain, readStops } from '../crm/index.ts'
import { AppError } from '../errors.ts'
import { dayHold, readPause, usd } from '../limits/index.ts'
import type { Log } from '../log.ts'
import { formatProblem, loadMappingFolders, type Mapping } from '../mapping/index.ts'
import { factsOf, readPrices } from '../model/index.ts'
import { kinds } from './kinds.ts'
import { besideSandbox } from './on-sandbox.ts'
import { type Installation, openInstallation } from './open-installation.ts'
import { probeModels } from './probe-models.ts'
import { backfillFoldersOf, mappingFoldersOf } from './shipped-mappings.ts'
import { showPriceDays, shutdownsInUse } from './shutdowns-in-use.ts'

type Check = Awaited<ReturnType<CliDeps['doctor']>>[number]

/** Looks at everything the service needs, one thing after another, and says of each what is found or what to do. Every model is asked twice. */
export async function doctor(settings: Config, log: Log): Promise<Check[]> {
  const config = settings.sandbox ? besideSandbox(settings) : settings
  const checks: Check[] = [{ name: 'node', isRight: true, detail: process.version }]
  const { mappings, problems } = await loadMappingFolders(mappingFoldersOf(config), kinds)
  checks.push({
    name: 'mapping files',
    isRight: problems.length === 0,
    detail: problems.map(formatProblem).join('; ') || mappings.map((mapping) => mapping.path).join(', ') || 'none',
  })
  checks.push(await scheduleCheck(config))
  const prices = await look(checks, 'prices', () => readPrices(config.pricesFile))
  if (!prices) return checks
  checks.push({ name: 'prices', isRight: true, detail: showPriceDays(prices, config.pricesFile) })
  const installation = await look(checks, 'database', async () => openInstallation(config, log, prices))
  if (!installation) return checks
  checks.push({
    name: 'database',
    isRight: true,
    detail: config.databaseUrl === null ? `embedded, ${config.dataFolder}` : 'DATABASE_URL',
  })
  try {
    checks.push(await inForceCheck(installation, mappings, problems.length > 0))
    for (const [name, crm] of installation.crms) {
      const account = await look(checks, `connection ${name}`, () => crm.account())
      if (account) {
        const hold = await dayHold(installation, name)
        const detail = `${crm.kind} account ${account.accountId}${hold ? `; ${hold.why}, until ${hold.until.toISOString()}` : ''}`
        checks.push({ name: `connection ${name}`, isRight: hold === null, detail })
      }
      checks.push(...(await stopChecks(installation, name)))
    }
    for (const account of config.retell) {
      const name = `Retell account ${account.name}`
      const detail = await look(checks, name, () => inspectAccount(installation, account))
      if (detail) checks.push({ name, isRight: true, detail })
    }
    checks.push(...(await importChecks(installation)))
    checks.push(...(await lastRunChecks(installation)))
    const workers = await installation.queue.countWorkers()
    checks.push({
      name: 'workers',
      isRight: workers > 0,
      detail: workers > 0 ? `${workers} running` : 'none: afterword serve',
    })
    checks.push(await spendingCheck(installation))
    checks.push(...(await probeModels(installation)))
    // Its calls may just have found that there is credit again.
    checks.push(await creditCheck(installation))
    for (const { isOver, warning } of await shutdownsInUse(installation))
      checks.push({ name: 'model shutdown', isRight: !isOver, detail: warning })
  } finally {
    await installation.close()
  }
  return checks
}

/** A file that is wrong is not in force as saved, but as it was when it was last right, if ever. */
async function scheduleCheck(config: Config): Promise<Check> {
  const { folders, mayLack } = backfillFoldersOf(config)
  const { schedules, problems } = await loadScheduleFolders(folders, { mayLack })
  const names = schedules.map(({ path, enabled }) => (enabled ? path : `${path} (not enabled)`)).join(', ')
  const detail = problems.map(formatProblem).join('; ') || names || 'none'
  return { name: 'backfills that repeat', isRight: problems.length === 0, detail }
}

/** What the CRM has refused to the workers; they ask again by themselves. */
async function stopChecks({ db }: Installation, connection: string): Promise<Check[]> {
  return (await readStops(db, connection)).map((stop) => {
    const detail = `stands still since ${stop.since.toISOString()}: ${stop.why}; ${askedAgain(stop, connection)}`
    return { name: `${stop.work} of ${connection}`, isRight: false, detail }
  })
}

/** Which files decide just now: those activated last, until a running service takes up what is saved. */
async function inForceCheck({ useCases }: Installation, saved: Mapping[], areWrong: boolean): Promise<Check> {
  const active = await useCases.listMappings()
  const isSame =
    active.length === saved.length && saved.every((file) => active.some(({ fileHash }) => fileHash === file.fileHash))
  const names = active.map(({ path }) => path).join(', ') || 'none yet'
  const why = areWrong ? 'as last saved without a mistake' : 'not as saved: a running service takes that up by itself'
  return { name: 'mappings in force', isRight: true, detail: isSame ? names : `${names}, ${why}` }
}

/** Backfills that repeat of which the newest run came to nothing for a reason that somebody can take away. */
async function lastRunChecks({ useCases }: Installation): Promise<Check[]> {
  return (await useCases.listSchedules()).flatMap(({ schedule: { name }, lastRun }) => {
    const { state, why } = lastRun ?? {}
    return state === 'failed' || state === 'skipped'
      ? [{ name: `last run of ${name}`, isRight: false, detail: `${state}: ${why}` }]
      : []
  })
}

/** When the records of each connection were last read, and what was left out of them. A failure is wrong only until an import has ended since. */
async function importChecks({ crms, useCases }: Installation): Promise<Check[]> {
  const reports = (await useCases.reportImports()).filter(({ connection }) => crms.has(connection))
  return reports.map(({ connection, object, last, lastWhole, failed }) => {
    const skipped = Object.entries((lastWhole ?? last)?.skipped ?? {}).filter(([, number]) => number > 0)
    const left = skipped.map(([reason, number]) => `${reason}: ${number}`).join(', ')
    const when = last ? `last ended ${last.endedAt.toISOString()}` : 'none has ended yet'
    const detail = failed ? `${when}; failed ${failed.at.toISOString()}: ${failed.message}` : when
    const name = `import ${connection} ${object}`
    return { name, isRight: failed === null, detail: left === '' ? detail : `${detail}; left out of all: ${left}` }
  })
}

/** Work that waits for money is wrong, and so is a limit that cannot be kept because nobody knows what a model costs. */
async function spendingCheck({ model, useCases }: Installation): Promise<Check> {
  const { scopes, parkedAnalyses, parkedBackfills } = await useCases.reportSpending()
  const limits = scopes.filter(({ capUsd }) => capUsd !== null)
  const unpriced = Object.values(model.profile.models).filter((name) => factsOf(model.prices, name).price === null)
  const analyses = parkedAnalyses.reduce((sum, parked) => sum + parked.analyses, 0)
  const parts = limits.map(
    ({ scope, period, capUsd, leftUsd }) => `${scope}: ${usd(leftUsd ?? 0)} of ${usd(capUsd ?? 0)} a ${period} left`,
  )
  if (limits.length > 0 && unpriced.length > 0) parts.push(`no price is known of ${unpriced.join(', ')}`)
  if (analyses + parkedBackfills.length > 0)
    parts.push(`parked: analyses ${analyses}, backfills ${parkedBackfills.length}; see afterword spending`)
  const isRight = analyses + parkedBackfills.length === 0 && (limits.length === 0 || unpriced.length === 0)
  return { name: 'spending', isRight, detail: parts.join('; ') || 'no limits' }
}

/** A provider that is out of credit is asked nothing, until somebody buys some. */
async function creditCheck({ db, model }: Installation): Promise<Check> {
  const pause = await readPause(db, model.pacer.provider)
  if (pause === null) return { name: 'provider credit', isRight: true, detail: 'not refused' }
  const again = new Date(Date.now() + Math.max(0, pause.retryMs)).toISOString()
  const detail = `${pause.why}, since ${pause.since.toISOString()}: nothing is asked until ${again}; afterword rerun asks at once`
  return { name: 'provider credit', isRight: false, detail }
}

async function look<T>(checks: Check[], name: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    checks.push({ name, isRight: false, detail: error.message })
    return undefined
  }
}
