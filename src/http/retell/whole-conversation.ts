import {
  type Analysis,
  type Correction,
  readVendorAnalysis,
  toCallAnalysis,
  withCorrections,
} from '../../analysis/index.ts'
import { notFound } from '../../errors.ts'
import type { HttpDeps } from '../deps.ts'

type Kind = 'call' | 'chat'
type Deps = Pick<HttpDeps, 'getRetellObject' | 'currentAnalysis' | 'listCorrections'>

/**
 * A conversation in the source product's shape with the analysis that counts now, which is the vendor's own where we have made
 * none, and with the words of people in place of the model's. Throws `conversation.not_found` (404), also for a chat asked for as a call.
 */
export async function wholeConversation(deps: Deps, kind: Kind, id: string): Promise<Record<string, unknown>> {
  const object = await deps.getRetellObject(id)
  if (!(`${kind}_id` in object)) throw notFound('conversation', id)
  return withAnalysis(object, (await deps.currentAnalysis(id))?.fields, await deps.listCorrections(id))
}

/** The same of what is read already, whatever its kind. Pure. */
export function withAnalysis(
  object: Record<string, unknown>,
  current: Analysis['fields'] | undefined,
  corrections: readonly Correction[],
): Record<string, unknown> {
  const kind = 'call_id' in object ? 'call' : 'chat'
  const isCorrected = corrections.some(({ state }) => state === 'in_force')
  if (current === undefined && !isCorrected) return object
  const field = `${kind}_analysis`
  const found = current ?? readVendorAnalysis({ kind, raw: object }) ?? {}
  return {
    ...object,
    [field]: {
      ...voicemailOf(object[field]),
      ...toCallAnalysis(kind, isCorrected ? withCorrections(found, corrections) : found),
    },
  }
}

/** Heard on the line by the vendor, and no word of the transcript: the one part of its analysis that ours does not replace. */
function voicemailOf(vendors: unknown): { in_voicemail?: unknown } {
  const heard = typeof vendors === 'object' && vendors !== null && 'in_voicemail' in vendors
  return heard ? { in_voicemail: vendors.in_voicemail } : {}
}
