import { randomInt } from 'node:crypto'
import type { SchemaFormat } from '../config.ts'
import type { Db } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { type Asked, askOnce } from './ask-model.ts'
import type { Model } from './client.ts'
import type { Completion, CompletionRequest } from './completion.ts'
import { endAttempts } from './end-attempts.ts'
import { formatFor, nextFormat } from './format.ts'

/** What a model does with a schema told in a format: keeps to it, answers as if there were none, or the provider refuses the format. */
export type Kept = 'kept' | 'ignored' | 'refused'

export type Probe = {
  /** The formats that were tried, the profile's first, until one was kept. */
  tried: { format: SchemaFormat; result: Kept }[]
  calls: number
  /** Null: not known. */
  costUsd: number | null
}

/** All of it may take this long: a server that has to load its model first takes a minute. */
const usualPatienceMs = 90_000
const deadlineMs = 60_000
/** Of that, one turn: where a provider may be asked seldom, it comes later. */
const longestWaitMs = 20_000

/**
 * Asks a model twice for what no schema of the call allows, so that only a schema that reached it explains the answers: the words it may
 * choose from are drawn anew for each call. Formats that are not kept give way to the next, so that an operator learns which one would do;
 * what the process remembers of formats is left alone. Every call is noted as an attempt, beside all budgets. Throws what `askModel` throws,
 * `model.unreachable` (retry), and `model.no_answer` (stop) where nothing can be said about schemas.
 */
export async function probeModel(
  deps: { db: Db; model: Model; now: () => Date },
  name: string,
  { patienceMs = usualPatienceMs } = {},
): Promise<Probe> {
  const pace = { ...deps.model.pace, deadlineMs, longestWaitMs }
  // Told in words as well, a schema is answered to whatever became of the parameter.
  const model = { ...deps.model, pace, profile: { ...deps.model.profile, showsSchema: true } }
  const signal = AbortSignal.timeout(patienceMs)
  const probe: Probe = { tried: [], calls: 0, costUsd: 0 }
  for (let format: SchemaFormat | null = formatFor(model, name); format !== null; format = nextFormat[format]) {
    let result: Kept = 'kept'
    for (let calls = 0; calls < 2 && result === 'kept'; calls++)
      result = await keeps({ ...deps, model }, name, format, probe, signal)
    probe.tried.push({ format, result })
    if (result === 'kept') break
  }
  return probe
}

async function keeps(
  deps: { db: Db; model: Model; now: () => Date },
  name: string,
  format: SchemaFormat,
  probe: Probe,
  signal: AbortSignal,
): Promise<Kept> {
  const words = Array.from({ length: 4 }, newWord)
  const call = { purpose: 'probe', conversationId: null, runId: null, request: requestFor(name, words) } as const
  probe.calls += 1
  const asked = await askOnce(deps, call, { format, signal, priority: 'interactive' }).catch((error: unknown) =>
    refusedOrThrow(error, signal),
  )
  if (asked === 'refused') return asked
  const { completion, attempt } = asked
  const isKept = completion.outcome === 'ok' && words.includes(wordIn(completion.text))
  const outcome = completion.outcome === 'ok' && !isKept ? 'invalid' : completion.outcome
  await endAttempts(deps.db, [{ ...attempt, outcome }])
  probe.costUsd = probe.costUsd === null || attempt.costUsd === null ? null : probe.costUsd + attempt.costUsd
  if (completion.outcome !== 'ok' && completion.outcome !== 'invalid') throw noAnswer(completion)
  return isKept ? 'kept' : 'ignored'
}

function refusedOrThrow(error: unknown, signal: AbortSignal): 'refused' {
  if (error instanceof AppError && error.code === 'model.format_refused') return 'refused'
  if (signal.aborted) throw unreachable('no answer in time')
  throw error
}

/** Small: a dozen tokens of answer; there is room for a model that thinks first. */
function requestFor(model: string, words: string[]): CompletionRequest {
  const body = {
    type: 'object',
    properties: { word: { type: 'string', enum: words } },
    required: ['word'],
    additionalProperties: false,
  }
  return {
    model,
    instructions: 'Answer the question in one word.',
    input: 'Which animal says meow?',
    schema: { name: 'probe', body },
    cacheKey: 'probe',
    maxOutputTokens: 512,
  }
}

/** A word of no language, which nobody says by chance. */
function newWord(): string {
  const letter = (letters: string) => letters.charAt(randomInt(letters.length))
  return Array.from({ length: 4 }, () => letter('bdfgklmnprstvz') + letter('aeiou')).join('')
}

function wordIn(text: string): string {
  try {
    return String(JSON.parse(text)?.word)
  } catch {
    return ''
  }
}

function noAnswer({ outcome, reason }: Asked['completion']): AppError {
  if (outcome === 'transport') return unreachable(reason)
  return new AppError('model.no_answer', 'stop', `the model gives no answer to a plain question (${outcome})`)
}

function unreachable(reason: Completion['reason']): AppError {
  return new AppError('model.unreachable', 'retry', `the model provider does not answer (${reason})`, { status: 503 })
}
