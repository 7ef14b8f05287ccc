import type { ConfigSource } from '../agents/index.ts'
import { type Actor, recordEntry, startRun } from '../audit/index.ts'
import { type Db, type Trx, transact } from '../db/index.ts'
import { AppError } from '../errors.ts'
import type { Model } from '../model/index.ts'
import { analysisNumbered } from './load-store.ts'
import { type ConfigChoice, rerunConfig } from './rerun-config.ts'
import { analyseForRun } from './reruns/analyse-for-run.ts'
import { askOnce } from './reruns/ask-once.ts'
import { askedOf } from './reruns/asked-of.ts'
import type { AnalysisAnnouncements, AnalysisResult } from './types.ts'

/** How a rerun ended, and which config it asked with. */
export type Rerun = AnalysisResult & { runId: number; config: ConfigSource }

/**
 * Extracts one conversation again with its agent's newest draft config (`rerunConfig`), as a run of its own, and lets the result go
 * on to the CRM. At most one model call; none where a stored analysis answers the same request. Twice at one moment is one run, whose
 * answer both get (`askOnce`); one after the other makes two runs, which say the same. Throws 404 for an unknown conversation, and what `extract` throws: the run is then audited as refused, and whoever
 * waits for the answer is told, so nothing is put aside. `keep: false` is a preview: paid for and stored, but it counts for
 * nothing until `keepAnalysis`. Only a preview takes another config than the newest draft: else `rerun.preview_only` (400).
 */
export async function rerunConversation(
  deps: { db: Db; model: Model; now: () => Date; next: AnalysisAnnouncements },
  input: { conversationId: string; actor: Actor; reason: string; keep?: boolean } & ConfigChoice,
): Promise<Rerun> {
  const { conversationId, actor, reason, keep = true } = input
  if (keep && (input.version !== undefined || input.inline !== undefined)) throw previewOnly()
  const frozen = await rerunConfig(deps.db, conversationId, input)
  const { config: _, ...source } = frozen
  const openRun = async (trx: Trx) => {
    const id = await startRun(trx, { kind: 'rerun', actor, reason })
    if (!keep)
      await recordEntry(trx, { actor, action: 'rerun.previewed', subject: subjectOf(conversationId), runId: id })
    return id
  }
  const noteJoined = (trx: Trx, runId: number) =>
    recordEntry(trx, { actor, action: 'rerun.joined', subject: subjectOf(conversationId), runId })
  const analysis = { conversationId, config: frozen, keep, ...(input.fields && { fields: input.fields }) }
  const analyse = (runId: number) => analyseForRun(deps, { ...analysis, runId }, actor)

  const asked = await askedOf(deps, analysis)
  // Nothing is asked of a model: nothing to wait for.
  if (asked === null) {
    const runId = await transact(deps.db, openRun)
    return { ...(await analyse(runId)), runId, config: source }
  }
  const { runId, result } = await askOnce(deps.db, asked, { openRun, noteJoined, analyse })
  const stored =
    result.number === undefined ? undefined : await analysisNumbered(deps.db, conversationId, result.number)
  const found = stored && { analysisId: stored.id, fields: stored.fields }
  return { conversationId, ...result, ...found, runId, config: source }
}

function subjectOf(id: string) {
  return { kind: 'conversation', id }
}

function previewOnly(): AppError {
  const message =
    'a rerun that counts uses the newest draft: ask for a preview with another version or a config of your own'
  return new AppError('rerun.preview_only', 'skip', message, { status: 400 })
}
