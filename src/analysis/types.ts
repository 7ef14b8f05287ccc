import type { ConfigPart, FrozenConfig } from '../agents/index.ts'
import type { AnalysisOutcome, Trx } from '../db/index.ts'
import type { EndedAttempt } from '../model/index.ts'
import type { Fields } from './verdict.ts'
import type { SkipReason } from './worth-analysing.ts'

/** The result of extracting one conversation once. Never changed; of those kept and ok, one is current. */
export type Analysis = {
  id: number
  conversationId: string
  /** From 1 per conversation, in the order of storing. */
  number: number
  /** The run that made it; of a preview, the run that kept it. */
  runId: number
  outcome: AnalysisOutcome
  /** By item name; empty unless the outcome is ok. */
  fields: Fields
  configHash: string
  /** Of the agent that the conversation ended with; null: made with an inline config. */
  agentVersion: number | null
  /** Every version it was asked with; none: an inline config. Null: made before this was kept. */
  parts: ConfigPart[] | null
  model: string
  successful: boolean | null
  sentiment: string | null
  current: boolean
  /** Null: a preview. */
  keptAt: Date | null
  costUsd: number
}

export type AnalysisInput = KeepInput & {
  config: FrozenConfig
  /** Ask the model again although a stored analysis answers the same request. */
  force?: boolean
  /** Only these items are asked for; what counts now says the rest. */
  fields?: string[]
  /** The model reads only what was said: no tool calls, of which labels may have been made. */
  withoutTools?: boolean
}

/** For which run an analysis is stored, and whether it counts. */
export type KeepInput = {
  conversationId: string
  runId: number
  /** What it says to the CRM waits until its run releases it. */
  hold?: boolean
  /** False: a preview, stored but not current and not announced. */
  keep?: boolean
  /** Does not become current where a person has corrected what is. */
  yieldsToCorrections?: boolean
}

/** What extracting found, before anything but the attempt is stored. */
export type Extraction = SkippedExtraction | CachedExtraction | FreshExtraction

export type SkippedExtraction = { from: 'nothing'; input: AnalysisInput; reason: SkipReason }

export type CachedExtraction = {
  from: 'cache'
  /** What is stored already needs no config any more; where there is one, it holds what the stored analysis was asked. */
  input: KeepInput & { config?: FrozenConfig }
  /** Ok, or a failure of this very run, which is not asked for again. */
  analysis: { id: number; number: number; outcome: AnalysisOutcome; fields: Fields }
}

/** New to us: by our model, or by the vendor's, which costs us nothing and leaves no attempt. */
export type FreshExtraction = ({ from: 'model'; attempt: EndedAttempt } | { from: 'vendor'; attempt: null }) & {
  input: AnalysisInput
  outcome: AnalysisOutcome
  reason: string | null
  fields: Fields
  requestHash: string
  model: string
  /** Of all its tries, as far as it is known. */
  costUsd: number
  successful: boolean | null
  sentiment: string | null
}

export type AnalysisResult = {
  conversationId: string
  outcome: AnalysisOutcome | 'skipped'
  /** Why it was skipped or failed, as a code. */
  reason?: string
  analysisId?: number
  number?: number
  /** True where a stored analysis answered and no model was asked. */
  cached: boolean
  costUsd: number
  fields?: Fields
}

/** One analysis that a run kept. A failed one is kept too: it says nothing, and changes nothing. */
export type KeptAnalysis = {
  conversationId: string
  analysisId: number
  runId: number
  outcome: AnalysisOutcome
  cached: boolean
  hold: boolean
}

/** What this room announces, inside its own transaction. */
export type AnalysisAnnouncements = { analysisKept(trx: Trx, kept: KeptAnalysis[]): Promise<void> }

/** The same of reruns that the workers do. */
export type RerunAnnouncements = { rerunsAsked(trx: Trx, asked: { rerunIds: number[] }): Promise<void> }

/** The same of the words of people. */
export type CorrectionAnnouncements = {
  /** What a conversation says of some item is another than before, by this run. */
  fieldCorrected(trx: Trx, corrected: { conversationId: string; runId: number }): Promise<void>
}
