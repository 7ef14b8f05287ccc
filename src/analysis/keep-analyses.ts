import { rememberConfig } from '../agents/index.ts'
import type { Trx } from '../db/index.ts'
import { endAttempts } from '../model/index.ts'
import { clearCurrent, findTwins, insertAnalyses, keepStored, lockConversations, type StoredAnalysis } from './store.ts'
import type { AnalysisAnnouncements, AnalysisResult, Extraction, FreshExtraction, KeptAnalysis } from './types.ts'

/** An extraction with the analysis it ended as. */
type Stored = { extraction: Exclude<Extraction, { from: 'nothing' }>; analysis: StoredAnalysis; cached: boolean }

/**
 * The transaction of many analyses, at most one per conversation: ends the attempts, appends what is new under the next
 * number, makes what is ok current, announces what was kept. Failures are kept too and leave `current` where it was.
 * Results come in the order of the extractions. Twice is safe: a run's second answer to the same request is dropped for
 * its first. A conversation deleted meanwhile is `skipped`.
 */
export async function keepAnalyses(
  trx: Trx,
  deps: { now: () => Date; next: AnalysisAnnouncements },
  extractions: Extraction[],
): Promise<AnalysisResult[]> {
  const existing = await lockConversations(trx, extractions.map(conversationOf))
  const asked = extractions.filter((one) => one.from === 'model').filter((one) => existing.has(conversationOf(one)))
  await endAttempts(
    trx,
    asked.map(({ attempt }) => attempt),
  )
  const twins = await findTwins(trx, asked)
  const fresh = asked.filter((one) => !twins.has(conversationOf(one)))
  const reused = extractions.flatMap((extraction): Stored[] => {
    const analysis = extraction.from === 'cache' ? extraction.analysis : twins.get(conversationOf(extraction))
    if (!analysis || extraction.from === 'nothing' || !existing.has(conversationOf(extraction))) return []
    return [{ extraction, analysis, cached: true }]
  })

  const keptAt = deps.now()
  const revived = reused.filter(({ extraction }) => extraction.input.keep !== false)
  const replacing = [...revived.map(({ extraction }) => extraction), ...fresh.filter(becomesCurrent)]
  await clearCurrent(
    trx,
    replacing.map(conversationOf),
    revived.map(({ analysis }) => analysis.id),
  )
  await keepStored(
    trx,
    revived.map(({ extraction, analysis }) => ({ id: analysis.id, runId: extraction.input.runId })),
    keptAt,
  )
  for (const config of configsOf(fresh)) await rememberConfig(trx, config)
  const inserted = await insertAnalyses(trx, fresh, keptAt)

  const stored = new Map(reused.map((one) => [conversationOf(one.extraction), one]))
  for (const extraction of fresh) {
    const analysis = inserted.get(conversationOf(extraction))
    if (analysis) stored.set(conversationOf(extraction), { extraction, analysis, cached: false })
  }
  const kept = [...stored.values()].filter(({ extraction }) => extraction.input.keep !== false).map(toKept)
  if (kept.length > 0) await deps.next.analysisKept(trx, kept)
  return extractions.map((extraction) => toResult(extraction, stored.get(conversationOf(extraction))))
}

function conversationOf(extraction: Extraction): string {
  return extraction.input.conversationId
}

function becomesCurrent({ input, outcome }: FreshExtraction): boolean {
  return input.keep !== false && outcome === 'ok'
}

/** Each config once, in one order for all transactions. */
function configsOf(fresh: FreshExtraction[]) {
  const configs = new Map(fresh.map(({ input }) => [input.config.hash, input.config]))
  return [...configs.values()].sort((one, other) => (one.hash < other.hash ? -1 : 1))
}

function toKept({ extraction, analysis, cached }: Stored): KeptAnalysis {
  const { conversationId, runId, hold = false } = extraction.input
  const outcome = extraction.from === 'model' ? extraction.outcome : 'ok'
  return { conversationId, analysisId: analysis.id, runId, outcome, cached, hold }
}

function toResult(extraction: Extraction, stored: Stored | undefined): AnalysisResult {
  const conversationId = conversationOf(extraction)
  if (!stored) {
    const reason = extraction.from === 'nothing' ? extraction.reason : 'deleted'
    return { conversationId, outcome: 'skipped', reason, cached: false, costUsd: 0 }
  }
  const { outcome } = toKept(stored)
  const { id, number, fields } = stored.analysis
  const costUsd = extraction.from === 'model' ? (extraction.attempt.costUsd ?? 0) : 0
  const reason = extraction.from === 'model' && extraction.reason !== null ? { reason: extraction.reason } : {}
  return { conversationId, outcome, ...reason, analysisId: id, number, cached: stored.cached, costUsd, fields }
}
