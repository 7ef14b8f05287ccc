import { recordings, scrubbedRecordings, transcripts } from './where-words-are.ts'

const transcriptFields = new Set<string>(transcripts)
const unscrubbed = new Set<string>([...transcripts, ...recordings])
const words = new Set<string>([...unscrubbed, ...scrubbedRecordings])

/** An object of the source product as its lists show it. Pure. @see retell-sdk 5.66.1, resources/call.ts, V3PhoneCallResponse */
export function withoutTranscript(object: Record<string, unknown>): Record<string, unknown> {
  return without(object, transcriptFields)
}

/** What is left of one of which only basic attributes are to be kept. Pure. */
export function withoutWords(object: Record<string, unknown>): Record<string, unknown> {
  return without(object, words)
}

/** What is left of one whose words are kept only as they were scrubbed: of recordings the scrubbed ones. Pure. */
export function withoutUnscrubbed(object: Record<string, unknown>): Record<string, unknown> {
  return without(object, unscrubbed)
}

function without(object: Record<string, unknown>, leftOut: ReadonlySet<string>): Record<string, unknown> {
  // Of a thousand on a page most have nothing to leave out, and a copy costs more than a look.
  if (!Object.keys(object).some((key) => leftOut.has(key))) return object
  return Object.fromEntries(Object.entries(object).filter(([key]) => !leftOut.has(key)))
}
