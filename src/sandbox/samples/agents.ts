/** The agents of an invented heating company, with the prompts they were published with. */
export const deskAgentId = 'agent_harbor_desk'
export const chatAgentId = 'chat_agent_harbor_web'

const ownItems = [
  {
    type: 'enum',
    name: 'service_needed',
    description: 'The kind of work the customer asks for.',
    choices: ['heat pump', 'furnace repair', 'boiler service', 'air conditioning'],
  },
  { type: 'number', name: 'budget', description: 'The budget the customer names for the work, in dollars.' },
  {
    type: 'enum',
    name: 'preferred_day',
    description: 'The day of the week on which the customer wants the visit.',
    choices: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
  },
]

export const sampleAgents = {
  agents: [
    {
      agent_id: deskAgentId,
      agent_name: 'Harbor Heating front desk',
      version: 0,
      is_published: true,
      post_call_analysis_model: 'gpt-4.1',
      post_call_analysis_data: [
        {
          type: 'system-presets',
          name: 'call_summary',
          description: 'Two sentences: why the customer called, and how it ended.',
        },
        ...ownItems,
      ],
    },
  ],
  chat_agents: [
    {
      agent_id: chatAgentId,
      agent_name: 'Harbor Heating web chat',
      version: 0,
      is_published: true,
      post_chat_analysis_model: 'gpt-4.1',
      post_chat_analysis_data: ownItems,
    },
  ],
}

/** The edit the demo makes in a draft: the same items, with another summary prompt. */
export const draftWithShortSummary = {
  post_call_analysis_data: [
    { type: 'system-presets', name: 'call_summary', description: 'Write a 1–5 word summary of the call' },
    ...ownItems,
  ],
}
