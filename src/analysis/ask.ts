import { randomUUID } from 'node:crypto'
import type { ConversationWithTurns } from '../conversations/index.ts'
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
  startAttempt,
} from '../model/index.ts'
import type { CompiledConfig } from './compile.ts'
import { checkEvidence } from './evidence.ts'
import type { Question } from './prepare.ts'
import { readAnswer } from './read-answer.ts'
import { framed } from './render.ts'
import type { FreshExtraction } from './types.ts'
import { type Fields, failMissingRequired, verdictOf } from './verdict.ts'

/** Room for the longest summary, and per item for a value, a status and two short quotes. */
const outputTokens = { base: 1_000, perItem: 200 }

/**
 * Asks the model, once. Leaves an attempt behind, still open; `keepAnalyses` ends it and stores the result.
 * Throws what `complete` throws, and the signal's reason.
 */
export async function ask(
  deps: { db: Db; model: Model },
  question: Question,
  options: { signal?: AbortSignal } = {},
): Promise<FreshExtraction> {
  const { input, conversation, compiled, requestHash, model } = question
  const { conversationId, runId } = input
  const attemptId = await startAttempt(deps.db, { purpose: 'analysis', conversationId, runId, model })
  const completion = await completeAttempt(deps, attemptId, requestFor(question), options)
  const findings = readFindings(completion, compiled, conversation)
  const attempt = {
    id: attemptId,
    outcome: findings.outcome,
    requestId: completion.requestId,
    usage: completion.usage,
    costUsd: costUsd(completion.usage, model),
  }
  const { startedAt } = conversation
  return { from: 'model', input, attempt, requestHash, model: completion.model, startedAt, ...findings }
}

function requestFor({ compiled, rendered, model }: Question): CompletionRequest {
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
async function completeAttempt(
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
