import { setTimeout as sleep } from 'node:timers/promises'
import { withLock } from '../db/index.ts'
import type { Mapping } from '../mapping/index.ts'
import { type ImportSummary, importRecords } from './import-records.ts'
import { planImports } from './plan-imports.ts'

/** How often who waits for another import looks whether it has ended. */
const lookMs = 250

/**
 * Imports the records of every object of a connection that these mappings write to, one object after the other, as
 * `importRecords` does; from our own contacts there is nothing to import. Never two at once of a connection, in any process: null
 * where another one has not ended within `patienceMs` (0 unless given). Throws what `importRecords` throws; what was read until then stays.
 */
export async function importConnection(
  deps: Parameters<typeof importRecords>[0],
  {
    mappings,
    patienceMs = 0,
    ...how
  }: { mappings: readonly Mapping[]; isFull?: boolean; wholeEveryMs?: number; patienceMs?: number },
): Promise<({ object: string } & ImportSummary)[] | null> {
  if (deps.crm.isOurs) return []
  const importAll = async () => {
    const imported: ({ object: string } & ImportSummary)[] = []
    for (const plan of planImports(deps.crm, mappings))
      imported.push({ object: plan.object, ...(await importRecords(deps, { plan, ...how })) })
    return imported
  }
  const until = performance.now() + patienceMs
  for (;;) {
    const imported = await withLock(deps.db, `contacts.import:${deps.crm.connection}`, importAll)
    if (imported !== null || performance.now() >= until) return imported
    await sleep(lookMs)
  }
}
