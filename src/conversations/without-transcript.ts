/** Every field of the source product that holds what was said, in words or as a recording or log of them. */
const transcriptFields = new Set([
  'transcript',
  'transcript_object',
  'transcript_with_tool_calls',
  'scrubbed_transcript_with_tool_calls',
  'message_with_tool_calls',
])
const recordingFields = new Set([
  'recording_url',
  'recording_multi_channel_url',
  'scrubbed_recording_url',
  'scrubbed_recording_multi_channel_url',
  'public_log_url',
  'knowledge_base_retrieved_contents_url',
])

/** An object of the source product as its lists show it. Pure. @see retell-sdk 5.66.1, resources/call.ts, V3PhoneCallResponse */
export function withoutTranscript(object: Record<string, unknown>): Record<string, unknown> {
  return without(object, (key) => transcriptFields.has(key))
}

/** What is left of one of which only basic attributes are to be kept. Pure. */
export function withoutWords(object: Record<string, unknown>): Record<string, unknown> {
  return without(object, (key) => transcriptFields.has(key) || recordingFields.has(key))
}

function without(object: Record<string, unknown>, isLeftOut: (key: string) => boolean): Record<string, unknown> {
  // Of a thousand on a page most have nothing to leave out, and a copy costs more than a look.
  if (!Object.keys(object).some(isLeftOut)) return object
  return Object.fromEntries(Object.entries(object).filter(([key]) => !isLeftOut(key)))
}
