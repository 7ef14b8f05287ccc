import { type ConversationWithTurns, loadConversations } from '../conversations/index.ts'
import type { Db } from '../db/index.ts'
import { type Model, providerModel } from '../model/index.ts'
import { type Carried, inPart } from './carry-over.ts'
import { type CompiledConfig, compileFrozen } from './compile.ts'
import { currentAnalyses } from './load-store.ts'
import { renderConversation } from './render.ts'
import { requestHash } from './request-hash.ts'
import { withoutSecrets } from './secrets/without-secrets.ts'
import { spokenOnly } from './spoken-only.ts'
import { type FirstTry, findReusable } from './store.ts'
import type { Analysis, AnalysisInput, CachedExtraction, SkippedExtraction } from './types.ts'
import { isTooLong, skipReason } from './worth-analysing.ts'

/** What a model is to be asked about one conversation. */
export type Question = {
  from: 'question'
  input: AnalysisInput
  /** As the model reads it, without secrets: what is stored may hold more. */
  conversation: ConversationWithTurns
  compiled: CompiledConfig
  rendered: string
  requestHash: string
  model: string
  /** Where only some items are asked for, what counts of the others, and the items of the whole config. */
  carried?: Carried
  /** Set where this run has made the first of two tries before it was interrupted. */
  firstTry?: FirstTry
}

export type Prepared = SkippedExtraction | CachedExtraction | Question

/**
 * Everything before the model is asked, of any number of conversations (each once) in a fixed number of statements: nothing
 * to analyse, or the stored analysis of the same request, or a question. By conversation; those that are not there are left
 * out. Changes nothing.
 */
export async function prepareExtractions(
  deps: { db: Db; model: Model },
  inputs: AnalysisInput[],
): Promise<Map<string, Prepared>> {
  const inputOf = new Map(inputs.map((input) => [input.conversationId, input]))
  const partial = inputs.filter((input) => input.fields).map((input) => input.conversationId)
  const current = await currentAnalyses(deps.db, partial)
  const drafts = (await loadConversations(deps.db, [...inputOf.keys()])).flatMap((conversation) => {
    const input = inputOf.get(conversation.id)
    if (!input) return []
    const read = input.withoutTools ? spokenOnly(conversation) : conversation
    return [draft(deps.model, input, read, current.get(conversation.id))]
  })
  const questions = drafts.filter((each) => each.from === 'question')
  // A retried run finds its own answer even when told to ask again: it has asked.
  const reusable = await findReusable(deps.db, questions)
  return new Map(
    drafts.map((each): [string, Prepared] => {
      const { input } = each
      const found = reusable.get(input.conversationId)
      if (each.from !== 'question' || !found) return [input.conversationId, each]
      return [input.conversationId, 'analysis' in found ? { from: 'cache', input, ...found } : { ...each, ...found }]
    }),
  )
}

/** What is carried over, in one order: jsonb has one of its own. */
function inOrder(fields: Carried['fields']) {
  const entries = Object.entries(fields).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return entries.map(([name, { value, status, analysis }]) => [name, value, status, analysis])
}

function draft(
  { profile }: Model,
  input: AnalysisInput,
  stored: ConversationWithTurns,
  current: Analysis | undefined,
): SkippedExtraction | Question {
  const reason = skipReason(stored, stored.turns)
  if (reason) return { from: 'nothing', input, reason }
  const { hash: configHash, config } = input.config
  const { compiled, carried } = inPart(input, compileFrozen(input.config, stored.kind), stored.kind, current)
  const conversation = withoutSecrets(stored, compiled.items)
  const rendered = renderConversation(conversation, conversation.turns, compiled.variables)
  if (isTooLong(rendered)) return { from: 'nothing', input, reason: 'too_long' }
  const model = providerModel(profile, config.model)
  const asked = carried && { items: compiled.items.map(({ name }) => name), others: inOrder(carried.fields) }
  const hash = requestHash({ configHash, rendered, model, asked })
  const question: Question = { from: 'question', input, conversation, compiled, rendered, requestHash: hash, model }
  return carried ? { ...question, carried } : question
}
