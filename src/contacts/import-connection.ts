import type { Mapping } from '../mapping/index.ts'
import { type ImportSummary, importRecords } from './import-records.ts'
import { planImports } from './plan-imports.ts'

/**
 * Imports the records of every object of a connection that these mappings write to, one object after the other, as
 * `importRecords` does; from our own contacts there is nothing to import. Throws what that throws; what was read until then stays.
 */
export async function importConnection(
  deps: Parameters<typeof importRecords>[0],
  { mappings, isFull = false }: { mappings: readonly Mapping[]; isFull?: boolean },
): Promise<({ object: string } & ImportSummary)[]> {
  if (deps.crm.isOurs) return []
  const imported: ({ object: string } & ImportSummary)[] = []
  for (const plan of planImports(deps.crm, mappings))
    imported.push({ object: plan.object, ...(await importRecords(deps, { plan, isFull })) })
  return imported
}
