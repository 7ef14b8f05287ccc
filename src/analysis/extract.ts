import type { Db } from '../db/index.ts'
import { notFound } from '../errors.ts'
import type { AskOptions, Model } from '../model/index.ts'
import { ask } from './ask.ts'
import { prepareExtractions } from './prepare.ts'
import type { AnalysisInput, Extraction } from './types.ts'

/**
 * Everything of an analysis up to its transaction: finds nothing to analyse, or the stored analysis of the same request,
 * or asks the model, once. Throws `conversation.not_found` (404), and what `ask` throws.
 */
export async function extract(
  deps: { db: Db; model: Model; now: () => Date },
  input: AnalysisInput,
  options: AskOptions = {},
): Promise<Extraction> {
  const prepared = (await prepareExtractions(deps, [input])).get(input.conversationId)
  if (!prepared) throw notFound('conversation', input.conversationId)
  return prepared.from === 'question' ? ask(deps, prepared, options) : prepared
}
