import type { Actor } from '../audit/index.ts'
import { AppError } from '../errors.ts'
import { formatProblem, type Problem, type Watch, watchFolders } from '../mapping/index.ts'
import { activateFolders } from '../sync/index.ts'
import { kinds } from './kinds.ts'
import type { Built } from './open-installation.ts'
import { mappingFoldersOf } from './shipped-mappings.ts'

/** How the mapping files read the last time that this process looked. With problems, the set before them is in force. */
export type MappingFiles = { checkedAt: Date | null; problems: Problem[] }

/**
 * Makes the mapping files of the configured folders the active set. Throws with everything that is wrong with them, as
 * `activateFolders` does; the set before stays in force then.
 */
export async function activateMappingFiles(built: Built, actor: Actor = { kind: 'system', name: 'start' }) {
  const { db, crms, mappingFiles, now } = built
  const connections = new Map([...crms.values()].map((crm) => [crm.connection, crm.kind]))
  const folders = mappingFoldersOf(built.config)
  const checkedAt = now()
  const problems = (error: unknown) => {
    if (error instanceof AppError) Object.assign(mappingFiles, { checkedAt, problems: problemsOf(error, folders) })
    throw error
  }
  const activations = await activateFolders({ db }, { folders, kinds, connections, actor }).catch(problems)
  Object.assign(mappingFiles, { checkedAt, problems: [] })
  return activations
}

/** Takes up what is saved in the folders of mapping files while the service runs. Close it. */
export function watchMappingFiles(built: Built): Watch {
  const { log, mappingFiles } = built
  return watchFolders(mappingFoldersOf(built.config), {
    changed: async () => {
      const wasWrong = mappingFiles.problems.length > 0
      try {
        const activations = await activateMappingFiles(built, { kind: 'system', name: 'reload' })
        if (activations.length > 0 || wasWrong) log.info({ activations }, 'mapping files are in force as saved')
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        const problems = mappingFiles.problems.map(formatProblem)
        log.warn({ problems }, 'mapping files are wrong: those that were right before stay in force')
      }
    },
    failed: (error) => log.error({ err: error }, 'saved mapping files could not be taken up yet'),
  })
}

/** Every problem at its place; what has none, such as a folder that is not there, at the folders. */
function problemsOf({ facts, message }: AppError, folders: readonly string[]): Problem[] {
  const problems = facts?.problems as Problem[] | undefined
  return problems ?? [{ path: folders.join(','), line: 1, column: 1, message }]
}
