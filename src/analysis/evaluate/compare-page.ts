import { chainKey } from '../../agents/index.ts'
import type { AnalysisOutcome, Db } from '../../db/index.ts'
import { compileItems } from '../compile-items.ts'
import type { AnalysisResult } from '../types.ts'
import type { Fields } from '../verdict.ts'
import { type Judgement, judge } from './judge.ts'
import type { Labelled } from './prepare-page.ts'
import { type Effort, selectEffort } from './store.ts'

/** What became of the labelled conversations: the sum of all but `notAsked`. */
export type Counts = {
  compared: number
  /** Nothing to analyse in them, so nothing was found: compared all the same. */
  skipped: number
  /** The model gave no usable answer: what it should have found counts as missing. */
  failed: number
  /** No analysis of this config is stored, and none was to be made. */
  notStored: number
  /** Not in this installation. */
  unknown: number
  /** Labels of items that the config does not ask for, by item. */
  notAsked: Record<string, number>
}

export type Compared = {
  counts: Counts
  /** Labels held against what a model was asked, by `chainKey`: a config without is not evaluated. */
  labels: Map<string, number>
  effort: Omit<Effort, 'models'> & { models: Set<string> }
}

export function nothingCompared(): Compared {
  return {
    counts: { compared: 0, skipped: 0, failed: 0, notStored: 0, unknown: 0, notAsked: {} },
    labels: new Map(),
    effort: { calls: 0, metered: 0, costUsd: 0, seconds: 0, models: new Set() },
  }
}

/** Judges a page of labels by what is stored or was answered just now, and adds to `compared` what became of it and what it took. */
export async function comparePage(
  db: Db,
  compared: Compared,
  labelled: readonly Labelled[],
  answers: ReadonlyMap<string, AnalysisResult>,
  without: ReadonlySet<string>,
): Promise<Judgement[]> {
  const judgements: Judgement[] = []
  const analysisIds = new Set<number>()
  for (const { label, conversation, config, prepared } of labelled) {
    const outcome = outcomeOf(prepared, answers.get(conversation.id))
    compared.counts[outcome.as] += 1
    if (outcome.analysisId !== undefined) analysisIds.add(outcome.analysisId)
    if (outcome.fields === undefined) continue
    const items = compileItems(config.config, conversation.kind).filter(({ name }) => !without.has(name))
    const judged = judge(label, { kind: conversation.kind, items }, outcome.fields)
    judgements.push(...judged)
    const chain = chainKey(conversation)
    // Silence where nobody was asked says nothing about a config.
    if (outcome.as !== 'skipped') compared.labels.set(chain, (compared.labels.get(chain) ?? 0) + judged.length)
    const asked = new Set(items.map(({ name }) => name))
    for (const item of label.expected.keys())
      if (!asked.has(item) && !without.has(item)) count(compared.counts.notAsked, item)
  }
  const { models, ...effort } = await selectEffort(db, [...analysisIds])
  for (const model of models) compared.effort.models.add(model)
  for (const key of ['calls', 'metered', 'costUsd', 'seconds'] as const) compared.effort[key] += effort[key]
  return judgements
}

type Outcome = {
  as: 'compared' | 'skipped' | 'failed' | 'notStored' | 'unknown'
  /** Null: it failed; undefined: there is nothing to compare. */
  fields: Fields | null | undefined
  analysisId?: number
}

function outcomeOf(prepared: Labelled['prepared'], answer: AnalysisResult | undefined): Outcome {
  if (prepared.from === 'nothing') return { as: 'skipped', fields: {} }
  if (prepared.from === 'cache')
    return judged(prepared.analysis.outcome, prepared.analysis.fields, prepared.analysis.id)
  if (!answer) return { as: 'notStored', fields: undefined }
  // Deleted while it was asked about.
  if (answer.outcome === 'skipped') return { as: 'unknown', fields: undefined }
  return judged(answer.outcome, answer.fields, answer.analysisId)
}

/** Also what is stored can be a failure, of this very run: of a conversation with a second label. */
function judged(outcome: AnalysisOutcome, fields: Fields = {}, analysisId?: number): Outcome {
  const made = analysisId === undefined ? {} : { analysisId }
  return outcome === 'ok' ? { as: 'compared', fields, ...made } : { as: 'failed', fields: null, ...made }
}

function count(counts: Record<string, number>, item: string): void {
  counts[item] = (Object.hasOwn(counts, item) ? (counts[item] ?? 0) : 0) + 1
}
