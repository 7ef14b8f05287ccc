import { randomUUID } from 'node:crypto'
import type { ConversationWithTurns } from '../conversations/index.ts'
import type { Db } from '../db/index.ts'
import { type AskOptions, askModel, type Completion, type CompletionRequest, type Model } from '../model/index.ts'
import type { CompiledConfig } from './compile.ts'
import { checkEvidence, talkingTurns } from './evidence.ts'
import type { Question } from './prepare.ts'
import { readAnswer } from './read-answer.ts'
import { framed } from './render.ts'
import type { FreshExtraction } from './types.ts'
import { type Fields, failMissingRequired, verdictOf } from './verdict.ts'

/** Room for the longest summary, and per item for a value, a status and two short quotes. */
const outputTokens = { base: 1_000, perItem: 200 }

/**
 * Asks the model, once, if what that may cost can be reserved. Leaves an attempt behind, still open; `keepAnalyses` ends it and
 * stores the result. Throws what `askModel` throws.
 */
export async function ask(
  deps: { db: Db; model: Model; now: () => Date },
  question: Question,
  options: AskOptions = {},
): Promise<FreshExtraction & { from: 'model' }> {
  const { input, conversation, compiled, requestHash } = question
  const { conversationId, runId } = input
  const call = { purpose: 'analysis', conversationId, runId, request: requestFor(question) } as const
  const { completion, attempt } = await askModel(deps, call, options)
  const findings = readFindings(completion, compiled, conversation)
  const { startedAt } = conversation
  return {
    from: 'model',
    input,
    attempt: { ...attempt, outcome: findings.outcome },
    requestHash,
    model: completion.model,
    startedAt,
    ...findings,
  }
}

/** What is sent for a question. Its frame is another one each time. */
export function requestFor({ compiled, rendered, model }: Question): CompletionRequest {
  return {
    model,
    instructions: compiled.instructions,
    input: framed(rendered, randomUUID()),
    schema: { name: 'analysis', body: compiled.schema },
    cacheKey: compiled.schemaHash,
    maxOutputTokens: outputTokens.base + outputTokens.perItem * compiled.items.length,
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
  const talking = talkingTurns(
    turns,
    compiled.items.map(({ name }) => name),
  )
  const checked: Fields = Object.fromEntries(
    compiled.items.flatMap((item) => {
      const field = answer[item.name]
      return field ? [[item.name, checkEvidence(item, field, turns, talking)]] : []
    }),
  )
  const fields = failMissingRequired(kind, compiled.items, checked)
  return { outcome: 'ok', reason: null, fields, ...verdictOf(kind, fields) }
}
