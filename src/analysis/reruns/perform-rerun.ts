import { type Actor, isUndone, runActor } from '../../audit/index.ts'
import type { Db } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import type { Model } from '../../model/index.ts'
import { rerunConfig } from '../rerun-config.ts'
import type { AnalysisAnnouncements } from '../types.ts'
import { analyseForRun } from './analyse-for-run.ts'
import { askOnce } from './ask-once.ts'
import { askedOf } from './asked-of.ts'
import { endRerun, type KnownRerun, readRerun } from './store.ts'

type Deps = { db: Db; model: Model; now: () => Date; next: AnalysisAnnouncements }

/**
 * Does a rerun that waits, with what is the newest draft by now, and notes how it ended: an outcome, or the error that somebody
 * who waits would have been told. Twice is safe, and of two who do it at once one waits for the other. Nothing happens where it has
 * ended, or is gone with its conversation.
 */
export async function performRerun(deps: Deps, rerunId: number): Promise<void> {
  const rerun = await readRerun(deps.db, rerunId)
  if (rerun === undefined || rerun.state === 'ended') return
  try {
    if (await isUndone(deps.db, rerun.runId)) throw undone(rerun.runId)
    await perform(deps, rerun, await runActor(deps.db, rerun.runId))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    await endRerun(deps.db, rerunId, error)
  }
}

async function perform(deps: Deps, { id, conversationId, runId, fields }: KnownRerun, actor: Actor): Promise<void> {
  const config = await rerunConfig(deps.db, conversationId)
  const input = { conversationId, config, ...(fields && { fields }) }
  const analyse = () => analyseForRun(deps, { ...input, runId }, actor)
  const asked = await askedOf(deps, input)
  if (asked === null) return endRerun(deps.db, id, await analyse())
  const own = { openRun: async () => runId, noteJoined: async () => undefined, analyse }
  await askOnce(deps.db, asked, own, { rerunId: id, runId })
}

function undone(runId: number): AppError {
  return new AppError('rerun.undone', 'skip', `run ${runId} was undone before this rerun began`, { status: 409 })
}
