import { basename } from 'node:path'
import type { Actor } from '../audit/index.ts'
import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { formatProblem, type Kinds, loadMappingFolders } from '../mapping/index.ts'
import { type Activation, activateMappings } from './activate-mappings.ts'
import { connectionProblem } from './check/connection-problem.ts'

/**
 * Reads all mapping files of these folders and makes them the active set. With any error in any of them nothing is
 * activated: throws `mapping.invalid` with every error at its line and column, and `mapping.no_connection` for a connection
 * that is not among `connections` (kind by name), or is of another kind; `facts.problems` has each. Twice changes nothing.
 */
export async function activateFolders(
  deps: { db: Db },
  input: { folders: readonly string[]; kinds: Kinds; connections: ReadonlyMap<string, string>; actor: Actor },
): Promise<Activation[]> {
  const { mappings, problems } = await loadMappingFolders(input.folders, input.kinds)
  if (problems.length > 0) {
    const found = problems.length === 1 ? 'an error' : `${problems.length} errors`
    throw new AppError(
      'mapping.invalid',
      'stop',
      `${found} in the mapping files:\n${problems.map(formatProblem).join('\n')}`,
      { facts: { problems } },
    )
  }
  const misled = mappings.flatMap((mapping) => connectionProblem(mapping, input.connections) ?? [])
  const facts = { problems: misled }
  const unknown = mappings.filter((mapping) => !input.connections.has(mapping.connection))
  if (unknown.length > 0) {
    const names = unknown.map((mapping) => `${mapping.path} names connection ${mapping.connection}`).join('; ')
    throw new AppError(
      'mapping.no_connection',
      'stop',
      `${names}: list it in AFTERWORD_CONNECTIONS, with its credentials`,
      { facts },
    )
  }
  const elsewhere = mappings.filter(({ connection, crm }) => input.connections.get(connection) !== crm)
  if (elsewhere.length > 0) {
    const places = elsewhere.map(({ path, crm, connection }) => {
      return `${path} says crm: ${crm}, but connection ${connection} is a ${input.connections.get(connection)} account`
    })
    throw new AppError('mapping.other_kind', 'stop', places.join('; '), { facts })
  }
  // By its name alone: every process sees the same file, whatever it calls the folder.
  const named = mappings.map((mapping) => ({ ...mapping, path: basename(mapping.path) }))
  return activateMappings(deps, named, input.actor)
}
