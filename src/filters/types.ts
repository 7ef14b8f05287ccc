/** One typed test of a value. @see reference/retell.md 2.2 */
export type Test =
  | { type: 'string'; op: 'eq' | 'ne' | 'sw' | 'ew' | 'co'; value: string }
  | { type: 'number'; op: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'; value: number }
  | { type: 'boolean'; op: 'eq'; value: boolean }
  | { type: 'range'; op: 'bt'; value: [number, number] }
  | { type: 'enum'; op: 'in'; value: string[] }
  | { type: 'present'; op: 'pr' | 'np' }

/** Fields of a conversation in words that calls and chats share; times are epoch ms. */
export type ScalarField =
  | 'conversation_id'
  | 'status'
  | 'successful'
  | 'type'
  | 'direction'
  | 'in_voicemail'
  | 'disconnection_reason'
  | 'user_sentiment'
  | 'analysis_outcome'
  | 'from_number'
  | 'to_number'
  | 'start_timestamp'
  | 'end_timestamp'
  | 'duration_ms'
  | 'combined_cost'
  | 'agent_tag'
  | 'batch_call_id'
  | 'data_storage_setting'
  | 'e2e_latency_p50'

export type KeyedField = 'metadata' | 'dynamic_variables' | 'custom_analysis_data' | 'custom_attributes'

/** One call of a tool; what is not known of it is absent. */
export type ToolCall = { name?: string; type?: string; success?: boolean; latency_ms?: number }
export type ToolCallPart = keyof ToolCall

export type Condition =
  | { field: 'agent'; anyOf: { agentId: string; versions: number[] }[] }
  | { field: 'tool_calls'; tests: { part: ToolCallPart; test: Test }[] }
  | { field: ScalarField; test: Test }
  | { field: KeyedField; key: string; test: Test }

/** All conditions hold. `kind` narrows to calls or chats: a filter that names `call_status` never matches a chat. */
export type Filter = { kind: 'call' | 'chat' | 'any'; conditions: Condition[] }

/** What a filter is matched against in memory. Absent and null are both "not present". */
export type Subject = {
  kind: 'call' | 'chat'
  agent_id: string
  agent_version: number | null
  tool_calls?: ToolCall[]
} & Partial<Record<ScalarField, string | number | boolean | null>> &
  Partial<Record<KeyedField, Record<string, unknown>>>
