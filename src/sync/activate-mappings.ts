import { type Actor, recordEntry } from '../audit/index.ts'
import { type Db, lockUntilEnd, transact } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { checkMappings, formatProblem, type Mapping } from '../mapping/index.ts'
import { activeFiles, saveMapping } from './mapping-store.ts'

export type Activation = { path: string; change: 'activated' | 'changed' | 'removed'; rules: number }

/**
 * Makes exactly these mappings the active set, in one transaction with its audit entries. Writes nothing to any CRM: a new
 * rule waits for the next run. The same set again changes nothing. Throws `mapping.invalid` where files contradict each other.
 */
export async function activateMappings(deps: { db: Db }, mappings: Mapping[], actor: Actor): Promise<Activation[]> {
  const problems = checkMappings(mappings)
  if (problems.length > 0) {
    throw new AppError('mapping.invalid', 'stop', problems.map(formatProblem).join('\n'), { status: 422 })
  }
  return transact(deps.db, async (trx) => {
    // Two processes that see the same files saved: the second finds nothing to change.
    await lockUntilEnd(trx, 'mapping files')
    const before = await activeFiles(trx)
    const activations: Activation[] = []
    for (const mapping of mappings) {
      const old = before.find((each) => each.path === mapping.path)
      if (old?.fileHash === mapping.fileHash) continue
      await saveMapping(trx, mapping)
      activations.push({ path: mapping.path, change: old ? 'changed' : 'activated', rules: mapping.rules.length })
    }
    const removed = before.filter((old) => !mappings.some((mapping) => mapping.path === old.path))
    for (const { path, rules } of removed) {
      await trx
        .updateTable('mapping_files')
        .set({ active: false })
        .where('path', '=', path)
        .where('active', '=', true)
        .execute()
      activations.push({ path, change: 'removed', rules })
    }
    for (const { path, change, rules } of activations) {
      await recordEntry(trx, {
        actor,
        action: `mapping.${change}`,
        subject: { kind: 'mapping', id: path },
        before: before.find((old) => old.path === path)?.fileHash ?? null,
        after: { hash: mappings.find((mapping) => mapping.path === path)?.fileHash ?? null, rules },
      })
    }
    return activations
  })
}
