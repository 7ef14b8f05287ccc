/** A call as the source product sends it, with fields that we do not read and values that break careless code. */
export function sampleCall(change: Record<string, unknown> = {}): Record<string, unknown> {
  const spoken = [
    { role: 'user', content: 'Hi, it\'s "Zoë" \\ 👋\nsecond line', words: [{ word: 'Hi', start: 0.1, end: 0.4 }] },
    { role: 'agent', content: '', words: [] },
    { role: 'user', content: 'Agent: that is you', words: [{ word: 'Agent:', start: 60, end: 61.5 }] },
  ]
  const invocation = { role: 'tool_call_invocation', tool_call_id: 't1', name: 'book', arguments: '{"n":0}' }
  const result = { role: 'tool_call_result', tool_call_id: 't1', content: '', successful: false }
  return {
    call_id: 'call_1',
    agent_id: 'agent_1',
    agent_name: 'Front desk',
    agent_version: 0,
    call_type: 'phone_call',
    call_status: 'ended',
    direction: 'inbound',
    from_number: '(212) 555-0156',
    to_number: '+13035550102',
    start_timestamp: 1_700_000_000_000,
    end_timestamp: 1_700_000_090_000,
    duration_ms: 90_000,
    disconnection_reason: 'user_hangup',
    transcript: 'User: Hi, it\'s "Zoë" \\ 👋\nsecond line\nAgent: \nUser: Agent: that is you\n',
    transcript_object: spoken,
    transcript_with_tool_calls: [spoken[0], invocation, result, spoken[1], spoken[2]],
    metadata: { score: 0, vip: false, note: '', nothing: null, list: [1, [2]] },
    retell_llm_dynamic_variables: { name: 'Zoë' },
    call_analysis: { call_successful: false, in_voicemail: false, custom_analysis_data: { n: 0 } },
    call_cost: { combined_cost: 0.5 },
    opt_out_sensitive_data_storage: false,
    recording_url: null,
    ...change,
  }
}

/** A chat with the number of its person, and messages that carry their time. */
export function sampleChat(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    chat_id: 'chat_1',
    agent_id: 'chat_agent_1',
    version: 2,
    chat_type: 'sms_chat',
    chat_status: 'ended',
    start_timestamp: 1_700_000_000_000,
    end_timestamp: 1_700_003_600_000,
    transcript: 'User: Hello\nAgent: Hi!\n',
    message_with_tool_calls: [
      { role: 'user', content: 'Hello', message_id: 'm1', created_timestamp: 1_700_000_000_500 },
      { role: 'agent', content: 'Hi!', message_id: 'm2', created_timestamp: 1_700_000_004_000 },
      { role: 'node_transition', former_node_name: null, created_timestamp: 1_700_000_005_000 },
    ],
    metadata: { phone_number: '+17025550181' },
    ...change,
  }
}
