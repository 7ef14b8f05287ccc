/** `at` is when the last word was said; the customer speaks first, then agent and customer take turns. */
type Said = { id: string; at: string; number?: string; turns: string[] }

const minuteMs = 60_000

/** A call of the source product's shape, taken by `agent_1`. Without a number it is a web call. */
export function call({ id, at, number, turns }: Said): object {
  const endedAt = Date.parse(at)
  return {
    call_id: id,
    agent_id: 'agent_1',
    call_status: 'ended',
    ...(number === undefined
      ? { call_type: 'web_call' }
      : { call_type: 'phone_call', direction: 'inbound', from_number: number, to_number: '+12125550199' }),
    start_timestamp: endedAt - minuteMs,
    end_timestamp: endedAt,
    transcript_object: entriesOf(turns),
  }
}

/** An SMS chat of the source product's shape, held by `chat_agent_1`. Without a number it came by API. */
export function chat({ id, at, number, turns }: Said): object {
  const endedAt = Date.parse(at)
  return {
    chat_id: id,
    agent_id: 'chat_agent_1',
    chat_status: 'ended',
    ...(number === undefined
      ? { chat_type: 'api_chat' }
      : { chat_type: 'sms_chat', metadata: { phone_number: number } }),
    start_timestamp: endedAt - minuteMs,
    end_timestamp: endedAt,
    message_with_tool_calls: entriesOf(turns).map((entry) => ({ ...entry, created_timestamp: endedAt })),
  }
}

function entriesOf(turns: string[]) {
  return turns.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'agent', content }))
}
