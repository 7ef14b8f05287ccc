import type { AnalysisConfig, Item } from '../../src/agents/index.ts'
import type { Conversation, Turn } from '../../src/conversations/index.ts'

/** A call as it is stored, with what a test wants to be different. */
export function sampleCall(differences: Partial<Conversation> = {}): Conversation {
  return {
    id: 'call_1',
    kind: 'call',
    agentId: 'agent_1',
    agentVersion: 0,
    type: 'phone_call',
    status: 'ended',
    direction: 'inbound',
    fromNumber: '+12125550101',
    toNumber: '+13035550102',
    contactNumber: '+12125550101',
    contactId: null,
    disconnectionReason: 'user_hangup',
    startedAt: new Date('2026-03-04T15:09:00Z'),
    endedAt: new Date('2026-03-04T15:10:05Z'),
    spokenAt: new Date('2026-03-04T15:10:00Z'),
    receivedAt: new Date('2026-03-04T15:11:00Z'),
    durationMs: 65_000,
    metadata: {},
    variables: {},
    transfers: [],
    toolCalls: [],
    raw: {},
    ...differences,
  }
}

/** Turns without times: `said('agent', 'Hello', 'user', 'Hi')`. */
export function said(...rolesAndTexts: string[]): Turn[] {
  return rolesAndTexts.flatMap((role, index) =>
    index % 2 === 0 ? [{ role, content: rolesAndTexts[index + 1] ?? '', at: null }] : [],
  )
}

export function configOf(...items: Item[]): AnalysisConfig {
  return { items, model: 'gpt-4.1' }
}

export const budget: Item = { type: 'number', name: 'budget', description: 'The budget in dollars.' }
export const company: Item = {
  type: 'string',
  name: 'company',
  description: 'The company the user works for.',
  examples: ['Acme', 'Müller & Söhne'],
}
export const plan: Item = { type: 'enum', name: 'plan', description: 'The plan wanted.', choices: ['basic', 'pro'] }
export const due: Item = { type: 'date', name: 'due', description: 'The day it is due.' }
export const visit: Item = { type: 'datetime', name: 'visit', description: 'When the visit is.' }
export const hobbies: Item = { type: 'list', name: 'hobbies', description: 'The hobbies of the user.' }
export const rooms: Item = {
  type: 'list',
  name: 'rooms',
  description: 'The rooms to be done.',
  choices: ['kitchen', 'bath', 'kitchen', 'hall'],
}
export const isOwner: Item = { type: 'boolean', name: 'is_owner', description: 'Whether the user owns the company.' }
