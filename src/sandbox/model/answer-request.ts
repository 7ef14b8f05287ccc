import { setTimeout as sleep } from 'node:timers/promises'
import type { HttpReply, HttpRequest } from '../http.ts'
import { asObject, isObject, type JsonObject } from '../json.ts'
import type { ChatRequest } from './chat-request.ts'
import type { Reply, Usage } from './completion.ts'
import { failedReply } from './failed-reply.ts'
import { takeFault } from './faults.ts'
import { enter, leave } from './journal.ts'
import { refusedByManners, withManners } from './manners.ts'
import { type CacheUse, promptOf, tokensOf, useCache } from './prompt-cache.ts'
import { invalid, type Refusal, refusalReply, unauthorized } from './refusal.ts'
import { replyTo } from './reply.ts'
import type { ModelState } from './state.ts'

/** The context window of gpt-6-luna (reference/llm.md 1.5). */
const MAX_PROMPT_TOKENS = 1_050_000
/** Named as the API names its limits, and more than one machine sends: who keeps to them waits for nothing. */
const REQUESTS_PER_MINUTE = 60_000
const TOKENS_PER_MINUTE = 1_000_000_000

/** One of the ways in which the API is spoken to: Chat Completions, or Responses. */
export type Dialect = {
  read(body: JsonObject): ChatRequest
  /** Why the API would turn the body down; undefined where it would take it. */
  refused(body: JsonObject, models: ReadonlySet<string>, prompt: string): Refusal | undefined
  /** The reply in its envelope, and what it used. */
  wrap(chat: ChatRequest, reply: Reply, cacheUse: CacheUse): { body: JsonObject; usage: Usage }
  /** What the envelope holds where the model said nothing at all. */
  nothing: JsonObject
}

type Outcome = { reply: HttpReply; name: string; usage?: Usage }

/** Answers a request in one of the dialects, late by the set latency, and books it in the journal. */
export async function answerRequest(state: ModelState, dialect: Dialect, request: HttpRequest): Promise<HttpReply> {
  const { journal } = state
  enter(journal)
  const nth = journal.requests
  const { serviceTier } = dialect.read(asObject(request.body))
  const latencyMs = state.latencyMs + (serviceTier === 'flex' ? state.flexLatencyMs : 0)
  if (latencyMs > 0) await sleep(latencyMs, undefined, { ref: false })
  const { reply, name, usage } = outcomeOf(state, dialect, request, nth)
  leave(journal, { body: request.text, outcome: name, usage, serviceTier })
  return { ...reply, headers: { ...limitHeaders(usage), 'x-request-id': `req_${nth}`, ...reply.headers } }
}

function outcomeOf(state: ModelState, dialect: Dialect, request: HttpRequest, nth: number): Outcome {
  const body = asObject(request.body)
  const asked = dialect.read(body)
  const prompt = promptOf(asked)
  const refusal =
    refusedKey(state, request) ??
    refusedBody(request.body) ??
    dialect.refused(body, state.models, prompt) ??
    refusedLength(prompt)
  if (refusal) return { reply: refusalReply(refusal), name: 'rejected' }
  const unmannered = refusedByManners(state.manners, asked)
  if (unmannered) return { reply: unmannered, name: 'rejected' }

  const mannered = withManners(state.manners, asked)
  const fault = takeFault(state.faults, mannered)
  const chat = fault?.kind === 'not_flex' ? { ...mannered, serviceTier: 'default' } : mannered
  const failed = fault && failedReply(fault)
  if (failed) return { reply: failed, name: fault.kind }

  const { body: whole, usage } = dialect.wrap(chat, replyTo(chat, fault?.kind, nth), useCache(state.cache, chat))
  return {
    reply: {
      status: 200,
      body: fault?.kind === 'empty' ? { ...whole, ...dialect.nothing } : whole,
      delivery: fault?.kind === 'drop' ? 'cut' : 'whole',
    },
    name: fault?.kind ?? 'answered',
    usage,
  }
}

export function refusedKey(state: ModelState, request: HttpRequest): Refusal | undefined {
  const { authorization } = request.headers
  return authorization === `Bearer ${state.apiKey}` ? undefined : unauthorized(authorization)
}

function refusedBody(body: unknown): Refusal | undefined {
  return isObject(body) ? undefined : invalid('We could not parse the JSON body of your request.')
}

function refusedLength(prompt: string): Refusal | undefined {
  const tokens = tokensOf(prompt)
  if (tokens <= MAX_PROMPT_TOKENS) return undefined
  const message = `This model's maximum context length is ${MAX_PROMPT_TOKENS} tokens. However, your messages resulted in ${tokens} tokens.`
  return invalid(message, 'messages', 'context_length_exceeded')
}

/** The headers of a project far from its limits: the stand-in throttles only by fault. */
function limitHeaders(usage: Usage | undefined): Record<string, string> {
  return {
    'x-ratelimit-limit-requests': String(REQUESTS_PER_MINUTE),
    'x-ratelimit-remaining-requests': String(REQUESTS_PER_MINUTE - 1),
    'x-ratelimit-reset-requests': '6ms',
    'x-ratelimit-limit-tokens': String(TOKENS_PER_MINUTE),
    'x-ratelimit-remaining-tokens': String(TOKENS_PER_MINUTE - (usage?.prompt_tokens ?? 0)),
    'x-ratelimit-reset-tokens': '10ms',
  }
}
