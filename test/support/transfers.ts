import { call } from './conversations.ts'
import type { World } from './world.ts'

export const both = 'both_agents'
export const only = 'only_destination_agent'

/** A transfer to this agent, as conversations are sent with; without a setting nobody recorded one. */
export function to(agent_id: string, setting?: typeof both | typeof only, agent_version?: number): object {
  return {
    agent_id,
    ...(setting && { post_call_analysis_setting: setting }),
    ...(agent_version !== undefined && { agent_version }),
  }
}

/** A web call that `agent_1` took and handed on, of a customer who wants the Pro plan and whose goal is a quiet office. */
export function transferred(id: string, ...agent_transfers: object[]) {
  const turns = ['I want the Pro plan.', 'Good.', 'My goal is a quiet office.']
  return { ...call({ id, at: '2025-04-10T10:00:00Z', turns }), agent_transfers }
}

/** Makes these items, beside the built-in ones, the draft of an agent of calls. */
export async function askAs({ useCases, actor }: World, agentId: string, ...items: object[]): Promise<void> {
  await useCases.saveDraft({ agentId, kind: 'call', body: { post_call_analysis_data: items }, actor })
}

/** Publishes these items as version 0 of an agent of calls, and leaves the others as the draft on top of it. */
export async function publishThenDraft(world: World, agentId: string, published: object[], draft: object[]) {
  await askAs(world, agentId, ...published)
  await world.useCases.publishVersion({ agentId, actor: world.actor })
  await askAs(world, agentId, ...draft)
}

/** Lets `large` and `larger` each ask for so much that both together do not fit one analysis. */
export async function askTooMuch(world: World): Promise<void> {
  const items = (of: string) =>
    Array.from({ length: 60 }, (_, place) => ({ type: 'string', name: `${of}_${place}`, description: 'Anything.' }))
  await askAs(world, 'large', ...items('one'))
  await askAs(world, 'larger', ...items('other'))
}
