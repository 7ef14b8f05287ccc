import { setTimeout as sleep } from 'node:timers/promises'
import { withLock } from '../db/index.ts'
import { AppError } from '../errors.ts'
import type { Mapping } from '../mapping/index.ts'
import { type ImportSummary, importRecords } from './import-records.ts'
import { planImports } from './plan-imports.ts'

/** How often who waits for another import looks whether it has ended. */
const lookMs = 250

/**
 * Imports the records of every object of a connection that these mappings write to, one object after the other, as
 * `importRecords` does; from our own contacts there is nothing to import. `wholeEveryHours`: how old the last scan of all may be, 0
 * for as old as it is. Never two at once of a connection, in any process: where another one has not ended within `patienceMs` (0 unless
 * given) it is null, or, where this one `mustRun`, `import.running` (409, retry). Throws what `importRecords` throws; what was read until
 * then stays.
 */
export async function importConnection(
  deps: Parameters<typeof importRecords>[0],
  {
    mappings,
    isFull = false,
    wholeEveryHours = 0,
    patienceMs = 0,
    mustRun = false,
  }: {
    mappings: readonly Mapping[]
    isFull?: boolean
    wholeEveryHours?: number
    patienceMs?: number
    mustRun?: boolean
  },
): Promise<({ object: string } & ImportSummary)[] | null> {
  const { db, crm } = deps
  if (crm.isOurs) return []
  const wholeEveryMs = wholeEveryHours === 0 ? Number.POSITIVE_INFINITY : wholeEveryHours * 3_600_000
  const importAll = async () => {
    const imported: ({ object: string } & ImportSummary)[] = []
    for (const plan of planImports(crm, mappings))
      imported.push({ object: plan.object, ...(await importRecords(deps, { plan, isFull, wholeEveryMs })) })
    return imported
  }
  const until = performance.now() + patienceMs
  for (;;) {
    const imported = await withLock(db, `contacts.import:${crm.connection}`, importAll)
    if (imported !== null) return imported
    if (performance.now() >= until) break
    await sleep(lookMs)
  }
  if (!mustRun) return null
  const message = `${crm.connection} is being imported already: afterword crm imports shows how far that is`
  throw new AppError('import.running', 'retry', message, { status: 409 })
}
