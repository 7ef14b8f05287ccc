import type { Actor } from '../audit/index.ts'
import { activateSchedules, loadScheduleFolders } from '../backfill/index.ts'
import { formatProblem, type Problem, type Watch, watchFolders } from '../mapping/index.ts'
import type { Built } from './open-installation.ts'
import { backfillFoldersOf } from './shipped-mappings.ts'

/** What was wrong with the files of backfills that repeat the last time that this process looked. Each that is wrong stays as it was. */
export type ScheduleFileProblems = { checkedAt: Date | null; problems: Problem[] }

/** Takes up the files of backfills that repeat as they are, each by itself. What is wrong is logged, and stops nothing. */
export async function activateScheduleFiles(
  built: Built,
  actor: Actor = { kind: 'system', name: 'start' },
): Promise<void> {
  const { log, scheduleFiles, now } = built
  const { folders, mayLack } = backfillFoldersOf(built.config)
  const checkedAt = now()
  const read = await loadScheduleFolders(folders, { mayLack })
  const { activations, problems } = await activateSchedules(built, read, actor)
  if (activations.length > 0) log.info({ activations }, 'backfills that repeat are in force as saved')
  if (problems.length > 0)
    log.warn(
      { problems: problems.map(formatProblem) },
      'files of backfills that repeat are wrong: each stays as it was',
    )
  Object.assign(scheduleFiles, { checkedAt, problems })
}

/** Takes up what is saved in the folders of backfills that repeat while the service runs. Close it. */
export function watchScheduleFiles(built: Built): Watch {
  return watchFolders(backfillFoldersOf(built.config).folders, {
    changed: () => activateScheduleFiles(built, { kind: 'system', name: 'reload' }),
    failed: (error) => built.log.error({ err: error }, 'saved backfills that repeat could not be taken up yet'),
  })
}
