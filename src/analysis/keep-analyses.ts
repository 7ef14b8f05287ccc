import { type FrozenConfig, rememberConfigs } from '../agents/index.ts'
import type { AnalysisOutcome, Trx } from '../db/index.ts'
import { endAttempts } from '../model/index.ts'
import {
  adoptInline,
  clearCurrent,
  findOvertaken,
  findTwins,
  insertAnalyses,
  keepStored,
  lockConversations,
  type StoredAnalysis,
} from './store.ts'
import type {
  AnalysisAnnouncements,
  AnalysisResult,
  Extraction,
  FreshExtraction,
  KeepInput,
  KeptAnalysis,
} from './types.ts'

/** What an extraction ended as. */
type Ending = {
  input: KeepInput & { config?: FrozenConfig }
  analysis: StoredAnalysis
  outcome: AnalysisOutcome
  reason: string | null
  cached: boolean
  costUsd: number
}

/**
 * The transaction of many analyses, at most one per conversation: ends the attempts, appends what is new under the next
 * number, makes what is ok current unless a newer run has come first, announces what was kept. Failures are kept too and
 * leave `current` where it was.
 * Results come in the order of the extractions. Twice is safe: a run's second answer to the same request is dropped for
 * its first. A conversation deleted meanwhile is `skipped`.
 */
export async function keepAnalyses(
  trx: Trx,
  deps: { now: () => Date; next: AnalysisAnnouncements },
  extractions: Extraction[],
): Promise<AnalysisResult[]> {
  const existing = await lockConversations(trx, extractions.map(conversationOf))
  const alive = extractions.filter((extraction) => existing.has(conversationOf(extraction)))
  const answered = alive.filter((extraction) => extraction.from === 'model' || extraction.from === 'vendor')
  // Also of a conversation that is gone: it was paid for.
  await endAttempts(
    trx,
    extractions.flatMap((each) => (each.from === 'model' ? [each.attempt] : [])),
  )
  const twins = await findTwins(trx, answered)
  const fresh = answered.filter((extraction) => !twins.has(conversationOf(extraction)))
  const reused = alive.flatMap((extraction) => reuse(extraction, twins.get(conversationOf(extraction))))

  const overtaken = await findOvertaken(
    trx,
    alive.map(({ input }) => input),
  )
  await adoptInline(
    trx,
    reused.flatMap(({ input, analysis }) => (input.config ? [{ id: analysis.id, config: input.config }] : [])),
  )
  await replaceCurrent(trx, reused, fresh, deps.now(), overtaken)
  const inserted = await insertFresh(trx, fresh, deps.now(), overtaken)
  const endings = new Map([...reused, ...inserted].map((ending) => [ending.input.conversationId, ending]))

  const kept = [...endings.values()].filter(isKept).map(toKept)
  if (kept.length > 0) await deps.next.analysisKept(trx, kept)
  return extractions.map((extraction) => toResult(extraction, endings.get(conversationOf(extraction))))
}

function conversationOf(extraction: Extraction): string {
  return extraction.input.conversationId
}

function isKept({ input }: { input: KeepInput }): boolean {
  return input.keep !== false
}

/** The stored analysis that answers an extraction: from the cache, or the one that its run has kept before. */
function reuse(extraction: Extraction, twin: StoredAnalysis | undefined): Ending[] {
  const analysis = extraction.from === 'cache' ? extraction.analysis : twin
  if (!analysis) return []
  const costUsd = extraction.from === 'model' ? extraction.costUsd : 0
  return [{ input: extraction.input, analysis, outcome: analysis.outcome, reason: null, cached: true, costUsd }]
}

/** Makes way for what will be current, and gives it to stored analyses that are so again. */
async function replaceCurrent(
  trx: Trx,
  reused: Ending[],
  fresh: FreshExtraction[],
  keptAt: Date,
  overtaken: Set<string>,
): Promise<void> {
  const again = reused.filter(isKept).map(({ input, analysis, outcome }) => {
    const isCurrent = outcome === 'ok' && !overtaken.has(input.conversationId)
    return { ...input, id: analysis.id, isCurrent }
  })
  const anew = fresh.filter((extraction) => isKept(extraction) && extraction.outcome === 'ok').map(({ input }) => input)
  const conversationIds = [...again.filter((one) => one.isCurrent), ...anew].map(({ conversationId }) => conversationId)
  const staying = again.map(({ id }) => id)
  await clearCurrent(
    trx,
    conversationIds.filter((id) => !overtaken.has(id)),
    staying,
  )
  await keepStored(trx, again, keptAt)
}

async function insertFresh(
  trx: Trx,
  fresh: FreshExtraction[],
  keptAt: Date,
  overtaken: Set<string>,
): Promise<Ending[]> {
  await rememberConfigs(
    trx,
    fresh.map(({ input }) => input.config),
  )
  const inserted = await insertAnalyses(trx, fresh, keptAt, overtaken)
  return fresh.flatMap(({ input, outcome, reason, costUsd }) => {
    const analysis = inserted.get(input.conversationId)
    return analysis ? [{ input, analysis, outcome, reason, cached: false, costUsd }] : []
  })
}

function toKept({ input, analysis, outcome, cached }: Ending): KeptAnalysis {
  const { conversationId, runId, hold = false } = input
  return { conversationId, analysisId: analysis.id, runId, outcome, cached, hold }
}

function toResult(extraction: Extraction, ending: Ending | undefined): AnalysisResult {
  const conversationId = conversationOf(extraction)
  if (!ending) {
    const reason = extraction.from === 'nothing' ? extraction.reason : 'deleted'
    return { conversationId, outcome: 'skipped', reason, cached: false, costUsd: 0 }
  }
  const { analysis, outcome, reason, cached, costUsd } = ending
  const { id, number, fields } = analysis
  const why = reason === null ? {} : { reason }
  return { conversationId, outcome, ...why, analysisId: id, number, cached, costUsd, fields }
}
