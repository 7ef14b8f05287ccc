import { randomUUID } from 'node:crypto'
import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { type AskOptions, askModel, type CompletionRequest, endAttempts, type Model } from '../model/index.ts'
import { carryOver } from './carry-over.ts'
import { type Findings, type Flaw, flawOf, readFindings } from './findings.ts'
import type { Question } from './prepare.ts'
import { framed } from './render.ts'
import { secondRequest } from './second-try.ts'
import type { FreshExtraction } from './types.ts'

/** Room for the longest summary, and per item for a value, a status and two short quotes. */
const outputTokens = { base: 1_000, perItem: 200 }

type AskDeps = { db: Db; model: Model; now: () => Date }
type FromModel = FreshExtraction & { from: 'model' }

/**
 * Asks the model, if what that may cost can be reserved: once, and once more where its answer was cut off, cannot be read or lacks
 * fields. Each try is an attempt of its own. The first of two is ended, and paid for, before the second is made: a run that is
 * interrupted between them goes on with the second. The last is left open; `keepAnalyses` ends it and stores the result. An answer
 * that only lacks fields stands where a second is not to be had. Throws what `askModel` throws.
 */
export async function ask(deps: AskDeps, question: Question, options: AskOptions = {}): Promise<FromModel> {
  const answered = await askTwice(deps, question, options)
  return question.carried ? carryOver(answered, question.carried, question.conversation.kind) : answered
}

async function askTwice(deps: AskDeps, question: Question, options: AskOptions): Promise<FromModel> {
  const { compiled, firstTry } = question
  const request = requestFor(question)
  if (firstTry) {
    const flaw: Flaw = firstTry.outcome === 'truncated' ? { kind: 'truncated' } : { kind: 'invalid', missing: [] }
    return withCost(await tryOnce(deps, question, secondRequest(request, flaw), options), firstTry.costUsd)
  }
  const first = await tryOnce(deps, question, request, options)
  const flaw = flawOf(first, compiled)
  if (!flaw) return first
  await endAttempts(deps.db, [{ ...first.attempt, outcome: flaw.kind }])
  try {
    const second = await tryOnce(deps, question, secondRequest(request, flaw), options)
    return withCost(better(first, second), first.costUsd)
  } catch (error) {
    if (first.outcome === 'ok' && isRefusal(error, options)) return first
    throw error
  }
}

/**
 * Whether a call was not to be had, rather than broken off: what is there already can be kept. Flex that has no room now has some later, and
 * is to find no less than standard.
 */
function isRefusal(error: unknown, { signal, leave }: AskOptions): boolean {
  if (error instanceof AppError && error.code === 'model.unavailable') return false
  return !signal?.aborted && (error instanceof AppError || leave?.aborted === true)
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

async function tryOnce(
  deps: AskDeps,
  question: Question,
  request: CompletionRequest,
  options: AskOptions,
): Promise<FromModel> {
  const { input, conversation, compiled, requestHash } = question
  const { conversationId, runId } = input
  const call = {
    purpose: 'analysis',
    conversationId,
    runId,
    requestHash,
    request,
    parts: compiled.items.length,
  } as const
  const { completion, attempt } = await askModel(deps, call, options)
  const findings = readFindings(completion, compiled, conversation)
  return {
    from: 'model',
    input,
    attempt: { ...attempt, outcome: findings.outcome },
    requestHash,
    model: completion.model,
    costUsd: attempt.costUsd ?? 0,
    ...findings,
  }
}

/** The second answer; where it is no better, what could be read of the first. The attempt to end is the second in any case. */
function better(first: FromModel, second: FromModel): FromModel {
  if (first.outcome !== 'ok' || lacking(second) < lacking(first)) return second
  const { attempt, costUsd } = second
  return { ...first, attempt, costUsd }
}

function lacking({ outcome, fields }: Findings): number {
  if (outcome !== 'ok') return Number.POSITIVE_INFINITY
  return Object.values(fields).filter(({ reason }) => reason === 'missing').length
}

function withCost(extraction: FromModel, earlierUsd: number): FromModel {
  return { ...extraction, costUsd: extraction.costUsd + earlierUsd }
}
