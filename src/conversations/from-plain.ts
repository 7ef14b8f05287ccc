import { type PlainConversation, plainSchema } from './plain-schema.ts'

const roles = { user: 'user', agent: 'agent', human: 'transfer_target' } as const

/** Whether an object is meant to be in our own shape, rather than in that of the source product. */
export function looksPlain(input: object): boolean {
  return !('call_id' in input) && !('chat_id' in input)
}

/**
 * A conversation in our own shape as the call or chat of the source product that would say the same, or every mistake with its place
 * and what would be right, none with a value in it. Pure.
 */
export function fromPlain(input: object): { object: Record<string, unknown> } | { problems: string[] } {
  const parsed = plainSchema.safeParse(input)
  if (!parsed.success) {
    return {
      problems: parsed.error.issues.map(({ path, message }) => {
        const place = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
        return place === '' ? message : `${place.slice(1)}: ${message}`
      }),
    }
  }
  const said = parsed.data
  if (said.kind === 'chat' && said.status === 'not_connected')
    return { problems: ['status: a chat is ongoing, ended or error'] }
  const [startedAt, endedAt] = [epochMs(said.started_at), epochMs(said.ended_at)]
  if (startedAt !== null && endedAt !== null && endedAt < startedAt)
    return { problems: ['ended_at: must not lie before started_at'] }
  return { object: said.kind === 'call' ? toCall(said) : toChat(said) }
}

function toCall(said: PlainConversation): Record<string, unknown> {
  const { direction, from_number, to_number } = said
  return withoutNulls({
    call_id: said.id,
    call_status: said.status ?? 'ended',
    call_type: (from_number ?? to_number) ? 'phone_call' : 'web_call',
    agent_version: said.agent_version,
    direction,
    from_number,
    to_number,
    ...sharedBy(said),
    transcript_object: entriesOf(said),
    call_analysis: analysisOf(said, 'call'),
  })
}

/** A chat of the source product has no numbers but that of its person, in the metadata (reference/retell.md 1.4). */
function toChat(said: PlainConversation): Record<string, unknown> {
  const { direction, from_number: from, to_number: to, metadata } = said
  const number = direction === 'outbound' ? to : from
  return withoutNulls({
    chat_id: said.id,
    chat_status: said.status ?? 'ended',
    chat_type: number ? 'sms_chat' : 'api_chat',
    version: said.agent_version,
    ...sharedBy(said),
    metadata: number ? { phone_number: number, ...metadata } : metadata,
    message_with_tool_calls: entriesOf(said),
    chat_analysis: analysisOf(said, 'chat'),
  })
}

function sharedBy(said: PlainConversation) {
  return {
    agent_id: said.agent,
    agent_name: said.agent_name,
    start_timestamp: epochMs(said.started_at),
    end_timestamp: epochMs(said.ended_at),
    disconnection_reason: said.ended_because,
    metadata: said.metadata,
    retell_llm_dynamic_variables: said.variables,
    agent_transfers: said.transfers?.map(({ agent, agent_version, setting }) => ({
      agent_id: agent,
      agent_version,
      post_call_analysis_setting: setting,
    })),
  }
}

function entriesOf({ turns }: PlainConversation) {
  return turns.map(({ role, text, at }) =>
    withoutNulls({ role: roles[role], content: text, created_timestamp: epochMs(at) }),
  )
}

function analysisOf({ analysis }: PlainConversation, kind: 'call' | 'chat') {
  if (!analysis) return null
  const { summary, successful, sentiment, fields } = analysis
  return withoutNulls({
    [`${kind}_summary`]: summary,
    [`${kind}_successful`]: successful,
    user_sentiment: sentiment,
    custom_analysis_data: fields,
  })
}

function epochMs(time: string | number | null | undefined): number | null {
  return typeof time === 'string' ? Date.parse(time) : (time ?? null)
}

function withoutNulls(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null && value !== undefined))
}
