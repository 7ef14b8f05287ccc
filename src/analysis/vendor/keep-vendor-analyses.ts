import { type AnalysisConfig, configForIntake, configHash, type FrozenConfig } from '../../agents/index.ts'
import { type Conversation, intakeRuns, readConversations } from '../../conversations/index.ts'
import type { Trx } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { keepAnalyses } from '../keep-analyses.ts'
import { loadAnalyses } from '../load-store.ts'
import type { AnalysisAnnouncements, FreshExtraction } from '../types.ts'
import { verdictOf } from '../verdict.ts'
import { readVendorAnalysis } from './read-vendor-analysis.ts'

/** What stands in place of a model's name and of a request that we never made. */
const model = 'vendor'
const requestHash = 'vendor'

/**
 * Stores what the vendor of conversations has found in them, in place of a model call: each as an analysis of the run that took its
 * conversation in, whenever it arrives, so that no rerun made meanwhile is overtaken. The vendor's first word on a conversation
 * stands: twice is safe. Returns the conversations that need no analysis of ours any more.
 */
export async function keepVendorAnalyses(
  trx: Trx,
  deps: { now: () => Date; next: AnalysisAnnouncements },
  input: { conversationIds: string[]; runId: number },
): Promise<Set<string>> {
  const conversations = await readConversations(trx, input.conversationIds)
  const intakes = await intakeRuns(trx, input.conversationIds)
  const analysed = await loadAnalyses(trx, input.conversationIds)
  const configOf = configsFor(trx)
  const extractions: FreshExtraction[] = []
  const answered = new Set<string>()
  for (const conversation of conversations.values()) {
    const { id } = conversation
    const fields = readVendorAnalysis(conversation)
    const intake = intakes.get(id)
    // What belongs to a run that was undone is withdrawn with it.
    if (!fields || intake?.isUndone) continue
    answered.add(id)
    const earlier = analysed.get(id) ?? []
    if (earlier.some((analysis) => analysis.model === model)) continue
    // Taken in before we kept by which run: what we have found ourselves is newer for certain.
    if (!intake && earlier.length > 0) continue
    extractions.push({
      from: 'vendor',
      attempt: null,
      input: {
        conversationId: id,
        config: await configOf(conversation),
        runId: intake?.runId ?? input.runId,
        yieldsToCorrections: true,
      },
      outcome: 'ok',
      reason: null,
      fields,
      requestHash,
      model,
      costUsd: 0,
      ...verdictOf(conversation.kind, fields),
    })
  }
  if (extractions.length > 0) await keepAnalyses(trx, deps, extractions)
  return answered
}

/** The configs of the versions that held conversations, each read once. */
function configsFor(trx: Trx) {
  const read = new Map<string, Promise<FrozenConfig>>()
  return (conversation: Conversation) => {
    const { agentId, agentVersion, transfers } = conversation
    const key = JSON.stringify([agentId, agentVersion, transfers])
    const config = read.get(key) ?? readConfig(trx, conversation)
    read.set(key, config)
    return config
  }
}

/** What a model could not be asked, a vendor has answered all the same. */
const withoutConfig = new Set(['agent.not_found', 'agent.transfer_too_large'])

/** An empty one where there is none: of an agent that is not ours, or of agents whose items do not fit one analysis together. */
async function readConfig(trx: Trx, { agentId, agentVersion, transfers }: Conversation): Promise<FrozenConfig> {
  try {
    return await configForIntake(trx, agentId, agentVersion, transfers)
  } catch (error) {
    if (!(error instanceof AppError && withoutConfig.has(error.code))) throw error
    const config: AnalysisConfig = { items: [], model }
    return { agentId, version: agentVersion ?? 0, isDraft: false, hash: configHash(config), config }
  }
}
