import type { CompletionRequest } from '../model/index.ts'
import type { Flaw } from './findings.ts'

const roomFactor = 2

/**
 * The request that follows an answer with a flaw: the same static part and conversation, with twice the room for one that was cut
 * off, else with a word on what was wrong with its shape. The word names keys of ours and nothing that was said. Pure.
 */
export function secondRequest(request: CompletionRequest, flaw: Flaw): CompletionRequest {
  if (flaw.kind === 'truncated') return withMoreRoom(request)
  const what =
    flaw.missing.length === 0 ? 'could not be read as JSON of the schema' : `lacked ${flaw.missing.join(', ')}`
  const repair = `An earlier answer ${what}. Answer with one JSON object that follows the schema, with every field in it, and nothing else.`
  return { ...request, repair }
}

/** The dearest second try there is. Pure. */
export function withMoreRoom(request: CompletionRequest): CompletionRequest {
  return { ...request, maxOutputTokens: request.maxOutputTokens * roomFactor }
}
