import { randomUUID } from 'node:crypto'
import { type ConversationWithTurns, loadConversation } from '../conversations/index.ts'
import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import {
  type Completion,
  type CompletionRequest,
  complete,
  costUsd,
  endAttempts,
  type Model,
  noUsage,
  providerModel,
  startAttempt,
} from '../model/index.ts'
import { type CompiledConfig, compileConfig } from './compile.ts'
import { checkEvidence } from './evidence.ts'
import { readAnswer } from './read-answer.ts'
import { framed, renderConversation } from './render.ts'
import { requestHash } from './request-hash.ts'
import { findReusable } from './store.ts'
import type { AnalysisInput, Extraction, FreshExtraction } from './types.ts'
import { type Fields, failMissingRequired, verdictOf } from './verdict.ts'
import { skipReason } from './worth-analysing.ts'

/** Room for the longest summary, and per item for a value, a status and two short quotes. */
const outputTokens = { base: 1_000, perItem: 200 }

/**
 * Everything of an analysis up to its transaction: finds nothing to analyse, or the stored analysis of the same request,
 * or asks the model, once. Leaves an attempt behind, still open; `keepAnalyses` ends it and stores the result.
 * Throws `conversation.not_found` (404), what `complete` throws, and the signal's reason.
 */
export async function extract(
  deps: { db: Db; model: Model },
  input: AnalysisInput,
  options: { signal?: AbortSignal } = {},
): Promise<Extraction> {
  const conversation = await loadConversation(deps.db, input.conversationId)
  const reason = skipReason(conversation, conversation.turns)
  if (reason) return { from: 'nothing', input, reason }

  const compiled = compileConfig(input.config.config, conversation.kind)
  const rendered = renderConversation(conversation, conversation.turns, compiled.variables)
  const model = providerModel(deps.model.profile, input.config.config.model)
  const hash = requestHash({ configHash: input.config.hash, rendered, model })
  // A retried run finds its own answer even when told to ask again: it has asked.
  const analysis = await findReusable(deps.db, input, hash)
  if (analysis) return { from: 'cache', input, analysis }

  const attemptId = await startAttempt(deps.db, {
    purpose: 'analysis',
    conversationId: input.conversationId,
    runId: input.runId,
    model,
  })
  const completion = await ask(deps, attemptId, requestFor(compiled, rendered, model), options)
  const findings = readFindings(completion, compiled, conversation)
  const attempt = {
    id: attemptId,
    outcome: findings.outcome,
    requestId: completion.requestId,
    usage: completion.usage,
    costUsd: costUsd(completion.usage, model),
  }
  const { startedAt } = conversation
  return { from: 'model', input, attempt, requestHash: hash, model: completion.model, startedAt, ...findings }
}

function requestFor(compiled: CompiledConfig, rendered: string, model: string): CompletionRequest {
  return {
    model,
    instructions: compiled.instructions,
    input: framed(rendered, randomUUID()),
    schema: { name: 'analysis', body: compiled.schema },
    cacheKey: compiled.schemaHash,
    maxOutputTokens: outputTokens.base + outputTokens.perItem * compiled.items.length,
  }
}

/** An error of the provider ends the attempt with its code. An abort leaves it open: the call may have been billed. */
async function ask(
  deps: { db: Db; model: Model },
  attemptId: number,
  request: CompletionRequest,
  options: { signal?: AbortSignal },
): Promise<Completion> {
  try {
    return await complete(deps, request, options)
  } catch (error) {
    if (error instanceof AppError) {
      await endAttempts(deps.db, [{ id: attemptId, outcome: error.code, requestId: null, usage: noUsage, costUsd: 0 }])
    }
    throw error
  }
}

type Findings = Pick<FreshExtraction, 'outcome' | 'reason' | 'fields' | 'successful' | 'sentiment'>

/** What a failed analysis says: nothing, about any field. */
const silent = { fields: {}, successful: null, sentiment: null }

function readFindings(completion: Completion, compiled: CompiledConfig, conversation: ConversationWithTurns): Findings {
  const { kind, turns } = conversation
  if (completion.outcome !== 'ok') return { ...silent, outcome: completion.outcome, reason: completion.reason }
  const answer = readAnswer(completion.text, compiled.items)
  if (answer === null) return { ...silent, outcome: 'invalid', reason: 'unreadable_answer' }
  const checked: Fields = Object.fromEntries(
    compiled.items.flatMap((item) => {
      const field = answer[item.name]
      return field ? [[item.name, checkEvidence(item, field, turns)]] : []
    }),
  )
  const fields = failMissingRequired(kind, compiled.items, checked)
  return { outcome: 'ok', reason: null, fields, ...verdictOf(kind, fields) }
}
