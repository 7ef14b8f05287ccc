/** A sample call or chat in the shape of the source product, as its API would send it. */
export type SampleConversation = Record<string, unknown>

export type SampleCall = {
  id: string
  start: string
  from: string
  to: string
  direction: 'inbound' | 'outbound'
  status?: string
  reason?: string
  metadata?: Record<string, unknown>
  /** One turn a line, `U:` the customer, `A:` the agent. */
  script: string
}

export type SampleChat = {
  id: string
  start: string
  metadata: Record<string, unknown>
  type: 'sms_chat' | 'api_chat'
  script: string
}

const secondsPerWord = 0.4
const pauseSeconds = 1.2

export function sampleCall(agentId: string, call: SampleCall): SampleConversation {
  const startedAt = Date.parse(call.start)
  let clock = pauseSeconds
  const turns = linesOf(call.script).map(({ role, content }) => {
    const words = content.split(' ').map((word) => {
      const start = clock
      clock += secondsPerWord
      return { word, start: round(start), end: round(clock) }
    })
    clock += pauseSeconds
    return { role, content, words }
  })
  const durationMs = turns.length === 0 ? 0 : Math.round(clock * 1000)
  return {
    call_id: call.id,
    agent_id: agentId,
    agent_version: 0,
    call_type: 'phone_call',
    direction: call.direction,
    from_number: call.from,
    to_number: call.to,
    call_status: call.status ?? 'ended',
    disconnection_reason: call.reason ?? 'user_hangup',
    start_timestamp: startedAt,
    end_timestamp: startedAt + durationMs,
    duration_ms: durationMs,
    metadata: call.metadata ?? {},
    transcript: turns.map((turn) => `${turn.role === 'agent' ? 'Agent' : 'User'}: ${turn.content}\n`).join(''),
    transcript_object: turns,
  }
}

export function sampleChat(agentId: string, chat: SampleChat): SampleConversation {
  const startedAt = Date.parse(chat.start)
  const messages = linesOf(chat.script).map((line, index) => ({
    message_id: `${chat.id}_${index + 1}`,
    ...line,
    created_timestamp: startedAt + index * 40_000,
  }))
  return {
    chat_id: chat.id,
    agent_id: agentId,
    version: 0,
    chat_type: chat.type,
    chat_status: 'ended',
    start_timestamp: startedAt,
    end_timestamp: startedAt + messages.length * 40_000,
    metadata: chat.metadata,
    transcript: messages.map((turn) => `${turn.role === 'agent' ? 'Agent' : 'User'}: ${turn.content}\n`).join(''),
    message_with_tool_calls: messages,
  }
}

function linesOf(script: string): { role: 'user' | 'agent'; content: string }[] {
  return script
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => ({ role: line.startsWith('A:') ? 'agent' : 'user', content: line.slice(2).trim() }))
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100
}
