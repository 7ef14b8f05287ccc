/** Where the words of a conversation stand in what the source product sends of it. */
export const transcripts = [
  'transcript',
  'transcript_object',
  'transcript_with_tool_calls',
  'scrubbed_transcript_with_tool_calls',
  'message_with_tool_calls',
] as const

/** Where they can be heard, or read in a log. @see retell-sdk 5.66.1, resources/call.ts */
export const recordings = [
  'recording_url',
  'recording_multi_channel_url',
  'public_log_url',
  'knowledge_base_retrieved_contents_url',
] as const

/** The same without what tells who somebody is. */
export const scrubbedRecordings = ['scrubbed_recording_url', 'scrubbed_recording_multi_channel_url'] as const
