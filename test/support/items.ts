import type { World } from './world.ts'

/** The plan a customer names: "I want the Pro plan." */
export const plan = {
  type: 'enum',
  name: 'plan',
  description: 'The plan the customer wants.',
  choices: ['Basic', 'Pro', 'Team'],
}

/** "My goal is a quiet office." in so many words at most: another number is another prompt, and another answer. */
export function goal(words: number) {
  return { type: 'string', name: 'goal', description: `The goal of the customer, in ${words} words.` }
}

/** Edits the drafts of both agents: these items beside the built-in ones. */
export async function ask({ useCases, actor }: World, ...items: object[]): Promise<void> {
  const call = { post_call_analysis_data: items }
  const chat = { post_chat_analysis_data: items }
  await useCases.saveDraft({ agentId: 'agent_1', kind: 'call', body: call, actor })
  await useCases.saveDraft({ agentId: 'chat_agent_1', kind: 'chat', body: chat, actor })
}
