import { toCallAnalysis } from '../../analysis/index.ts'
import { notFound } from '../../errors.ts'
import type { HttpDeps } from '../deps.ts'

type Kind = 'call' | 'chat'

/**
 * A conversation in the source product's shape with the analysis that counts now, which is the vendor's own where we have made
 * none. Throws `conversation.not_found` (404), also for a chat asked for as a call.
 */
export async function wholeConversation(
  deps: Pick<HttpDeps, 'getRetellObject' | 'currentAnalysis'>,
  kind: Kind,
  id: string,
): Promise<Record<string, unknown>> {
  const object = await deps.getRetellObject(id)
  if (!(`${kind}_id` in object)) throw notFound('conversation', id)
  const current = await deps.currentAnalysis(id)
  if (current === undefined) return object
  const field = `${kind}_analysis`
  return { ...object, [field]: { ...voicemailOf(object[field]), ...toCallAnalysis(kind, current.fields) } }
}

/** Heard on the line by the vendor, and no word of the transcript: the one part of its analysis that ours does not replace. */
function voicemailOf(vendors: unknown): { in_voicemail?: unknown } {
  const heard = typeof vendors === 'object' && vendors !== null && 'in_voicemail' in vendors
  return heard ? { in_voicemail: vendors.in_voicemail } : {}
}
