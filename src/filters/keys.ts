import type { KeyedField, ScalarField, ToolCallPart } from './types.ts'

/** What a field's values are: decides which tests it takes. `any` is JSON that we did not type. */
export type Shape = 'text' | 'boolean' | 'number' | 'time' | 'any'

/** One spelling of a field. `kind`: the key exists for calls or for chats only, so it narrows the filter. */
export type Key = { field: ScalarField; shape: Shape; kind?: 'call' | 'chat'; choices?: readonly string[] }

const callStatuses = ['registered', 'not_connected', 'ongoing', 'ended', 'error']
const chatStatuses = ['ongoing', 'ended', 'error']
/** Of the newest analysis that counts or has failed; without one there is none. */
const outcomes = ['ok', 'refused', 'filtered', 'truncated', 'invalid', 'empty', 'transport']
const callTypes = ['phone_call', 'web_call']
const chatTypes = ['api_chat', 'sms_chat']

/** Every key of a filter on one plain field, in the source product's spelling and in ours. @see reference/retell.md 2.2 */
export const scalarKeys: ReadonlyMap<string, Key> = new Map(
  Object.entries<Key>({
    conversation_id: { field: 'conversation_id', shape: 'text' },
    call_id: { field: 'conversation_id', shape: 'text', kind: 'call' },
    chat_id: { field: 'conversation_id', shape: 'text', kind: 'chat' },
    status: { field: 'status', shape: 'text', choices: callStatuses },
    call_status: { field: 'status', shape: 'text', kind: 'call', choices: callStatuses },
    chat_status: { field: 'status', shape: 'text', kind: 'chat', choices: chatStatuses },
    successful: { field: 'successful', shape: 'boolean' },
    call_successful: { field: 'successful', shape: 'boolean', kind: 'call' },
    chat_successful: { field: 'successful', shape: 'boolean', kind: 'chat' },
    type: { field: 'type', shape: 'text', choices: [...callTypes, ...chatTypes] },
    call_type: { field: 'type', shape: 'text', kind: 'call', choices: callTypes },
    chat_type: { field: 'type', shape: 'text', kind: 'chat', choices: chatTypes },
    direction: { field: 'direction', shape: 'text', choices: ['inbound', 'outbound'] },
    in_voicemail: { field: 'in_voicemail', shape: 'boolean' },
    // Open: the source product adds reasons, and other vendors have their own.
    disconnection_reason: { field: 'disconnection_reason', shape: 'text' },
    user_sentiment: {
      field: 'user_sentiment',
      shape: 'text',
      choices: ['Positive', 'Negative', 'Neutral', 'Unknown'],
    },
    analysis_outcome: { field: 'analysis_outcome', shape: 'text', choices: outcomes },
    from_number: { field: 'from_number', shape: 'text' },
    to_number: { field: 'to_number', shape: 'text' },
    start_timestamp: { field: 'start_timestamp', shape: 'time' },
    end_timestamp: { field: 'end_timestamp', shape: 'time' },
    duration_ms: { field: 'duration_ms', shape: 'number' },
    combined_cost: { field: 'combined_cost', shape: 'number' },
    agent_tag: { field: 'agent_tag', shape: 'text' },
    batch_call_id: { field: 'batch_call_id', shape: 'text', kind: 'call' },
    data_storage_setting: {
      field: 'data_storage_setting',
      shape: 'text',
      kind: 'call',
      choices: ['everything', 'everything_except_pii', 'basic_attributes_only'],
    },
    e2e_latency_p50: { field: 'e2e_latency_p50', shape: 'number', kind: 'call' },
  }),
)

export const keyedFields: readonly KeyedField[] = [
  'metadata',
  'dynamic_variables',
  'custom_analysis_data',
  'custom_attributes',
]

/** What can be asked of one call of a tool. */
export const toolCallKeys: readonly { name: ToolCallPart; shape: Shape }[] = [
  { name: 'name', shape: 'text' },
  { name: 'type', shape: 'text' },
  { name: 'latency_ms', shape: 'number' },
  { name: 'success', shape: 'boolean' },
]

/** Every key a filter may have. */
export const filterKeys: readonly string[] = ['agent', ...scalarKeys.keys(), ...keyedFields, 'tool_calls']
