import { type ConfigPart, getAgent } from '../../agents/index.ts'
import { type Actor, recordEntry, startRun } from '../../audit/index.ts'
import { type Db, transact } from '../../db/index.ts'
import { isStandIn, type Model, providerModel } from '../../model/index.ts'
import { engineVersion } from '../request-hash.ts'
import type { AnalysisAnnouncements } from '../types.ts'
import { askQuestions } from './ask-questions.ts'
import { type Counts, comparePage, nothingCompared } from './compare-page.ts'
import { type LabelSource, labelPages } from './label-pages.ts'
import { type PlannedCalls, planCalls } from './plan-calls.ts'
import { type Configs, preparePage } from './prepare-page.ts'
import { refuseAnswersOfStandIn, refuseStandIn } from './refuse-stand-in.ts'
import { type ItemScore, type Score, scoreJudgements } from './score.ts'

export type EvaluationInput = {
  labels: LabelSource
  /** Only the conversations of this agent. */
  agentId?: string
  /** A version in place of what a rerun would use: the newest draft. */
  version?: number
  /** A config that no version holds, in place of all of them. */
  inline?: unknown
  /** The first so many labels. */
  limit?: number
  /** Items that are not compared, such as free text, which only a reader can judge. */
  without?: string[]
  /** The model reads no tool calls: for labels that were made from them. */
  withoutTools?: boolean
  /** Ask no model: compare what is stored. */
  isStored?: boolean
  /** Only by a real model, with a key; else it is refused. */
  isLive?: boolean
  concurrency?: number
  actor: Actor
  reason: string
}

export type Evaluation = {
  at: Date
  /** True where it was asked to be by a real model, and was. */
  live: boolean
  against: 'labels' | 'corrections'
  engine: string
  withoutTools: boolean
  /** Items that were not compared, and how many labels were looked at; null: all. */
  without: string[]
  limit: number | null
  /** By the agents that held the conversations: `agentId` took them, `parts` tells whom they went to. */
  configs: {
    agentId: string
    /** Null: given inline. */
    version: number | null
    isDraft: boolean
    hash: string
    parts?: ConfigPart[]
    model: string
    /** Labels that were held against what a model was asked with this config; of 0 nothing is known. */
    compared: number
  }[]
  /** The models whose answers were compared, by the names they give themselves. */
  models: string[]
  /** What may not be concluded from it; null where a real model answered. */
  claim: string | null
  conversations: Counts
  items: ItemScore[]
  all: Score
  /** By what was measured when each analysis was made; null where no call was. Seconds: one call after another. */
  per1000: { costUsd: number | null; seconds: number } | null
}

/**
 * Holds the analyses of a config, of each labelled conversation's agent, against what people say is right. What is not stored is
 * extracted, as previews are: paid for once, within the spending limits, counting for nothing; `announce` is told first how many calls
 * that is. Twice costs once. Throws 404 for an unknown agent or version, `labels.line`, `evaluation.not_live`, and what `ask` throws: what was paid for by
 * then is stored, and the next evaluation takes it up.
 */
export async function evaluateConfig(
  deps: { db: Db; model: Model; now: () => Date; next: AnalysisAnnouncements },
  input: EvaluationInput,
  announce: (planned: PlannedCalls) => void = () => {},
): Promise<Evaluation> {
  const { db, model } = deps
  const { agentId, version, isStored = false, isLive = false, concurrency = 8 } = input
  if (agentId !== undefined) await getAgent(db, agentId, version)
  const configs: Configs = new Map()
  const planned = isStored ? null : await planCalls(deps, configs, input)
  const asked = [...configs.values()].map(({ config: { config } }) => providerModel(model.profile, config.model))
  if (isLive) refuseStandIn(model, asked)
  if (planned) announce(planned)
  const runId = planned && planned.calls > 0 ? await openRun(deps, input, planned) : 0
  const scores = scoreJudgements()
  const compared = nothingCompared()
  for await (const page of labelPages(db, input)) {
    const { labelled, unknown } = await preparePage(deps, configs, page, { ...input, runId })
    compared.counts.unknown += unknown
    const byId = new Map(labelled.map(({ prepared }) => [prepared.input.conversationId, prepared]))
    const questions = [...byId.values()].filter((each) => each.from === 'question')
    // A run is opened where the plan counted calls; what came in since is left for the next evaluation.
    const answers = runId === 0 ? new Map() : await askQuestions(deps, questions, concurrency)
    scores.add(await comparePage(db, compared, labelled, answers, new Set(input.without)))
  }
  const { counts, labels, effort } = compared
  const models = [...effort.models].sort()
  if (isLive) refuseAnswersOfStandIn(models)
  const standIns = models.filter(isStandIn)
  return {
    at: deps.now(),
    live: isLive,
    against: input.labels === 'corrections' ? 'corrections' : 'labels',
    engine: engineVersion,
    withoutTools: input.withoutTools ?? false,
    without: input.without ?? [],
    limit: input.limit ?? null,
    configs: [...configs].map(([chain, { agentId, config: frozen }]) => {
      const { config, ...source } = frozen
      const compared = labels.get(chain) ?? 0
      return { ...source, agentId, model: providerModel(model.profile, config.model), compared }
    }),
    models,
    claim: standIns.length > 0 ? `${standIns.join(', ')}: no accuracy claim` : null,
    conversations: counts,
    items: scores.items(),
    all: scores.all(),
    per1000: effort.calls === 0 ? null : per1000(effort),
  }
}

async function openRun({ db }: { db: Db }, { actor, reason }: EvaluationInput, planned: PlannedCalls): Promise<number> {
  return transact(db, async (trx) => {
    const runId = await startRun(trx, { kind: 'rerun', actor, reason })
    const subject = { kind: 'run', id: String(runId) }
    await recordEntry(trx, { actor, action: 'evaluation.started', subject, runId, after: { calls: planned.calls } })
    return runId
  })
}

function per1000({
  calls,
  metered,
  costUsd,
  seconds,
}: {
  calls: number
  metered: number
  costUsd: number
  seconds: number
}) {
  return { costUsd: metered === 0 ? null : (costUsd / metered) * 1_000, seconds: (seconds / calls) * 1_000 }
}
