import type { ConfigSource } from '../agents/index.ts'
import { type Actor, recordEntry, startRun } from '../audit/index.ts'
import { type Db, transact } from '../db/index.ts'
import { AppError } from '../errors.ts'
import type { Model } from '../model/index.ts'
import { analyseConversation } from './analyse-conversation.ts'
import { type ConfigChoice, rerunConfig } from './rerun-config.ts'
import type { AnalysisAnnouncements, AnalysisResult } from './types.ts'

/** How a rerun ended, and which config it asked with. */
export type Rerun = AnalysisResult & { runId: number; config: ConfigSource }

/**
 * Extracts one conversation again with its agent's newest draft config (`rerunConfig`), as a run of its own, and lets the result go
 * on to the CRM. At most one model call; none where a stored analysis answers the same request. Twice makes two runs, which say
 * the same. Throws 404 for an unknown conversation, and what `extract` throws: the run is then audited as refused, and whoever
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
  const runId = await transact(deps.db, async (trx) => {
    const id = await startRun(trx, { kind: 'rerun', actor, reason })
    const subject = { kind: 'conversation', id: conversationId }
    if (!keep) await recordEntry(trx, { actor, action: 'rerun.previewed', subject, runId: id })
    return id
  })
  try {
    const analysis = { conversationId, config: frozen, runId, keep }
    return { ...(await analyseConversation(deps, analysis, { priority: 'interactive' })), runId, config: source }
  } catch (error) {
    if (error instanceof AppError) {
      const { code, message: why } = error
      const refused = { actor, action: 'rerun.refused', subject: { kind: 'run', id: String(runId) }, runId }
      await transact(deps.db, (trx) => recordEntry(trx, { ...refused, after: { code, why } }))
    }
    throw error
  }
}

function previewOnly(): AppError {
  const message =
    'a rerun that counts uses the newest draft: ask for a preview with another version or a config of your own'
  return new AppError('rerun.preview_only', 'skip', message, { status: 400 })
}
