import { call } from '../../support/conversations.ts'
import type { World } from '../../support/open-world.ts'
import type { CrmServer } from '../crm/crm-servers.ts'
import { createContacts, phoneOf } from '../crm/touch.ts'
import { turnsOf } from '../town.ts'

export type Size = { conversations: number; contacts: number }

/** Whose conversations are measured, and whose have touched every record before them. */
export const agents = { measured: 'agent_large', before: 'agent_before' }

const atOnce = 2_000
const firstCall = Date.parse('2026-01-05T09:00:00Z')
const minuteMs = 60_000
const yearMs = 366 * 86_400_000

/** So many different conversations with so many contacts of the CRM, in turns, all of them stored; and one with each of before. */
export async function settleLarge(world: World, hubspot: CrmServer, { conversations, contacts }: Size): Promise<void> {
  await createContacts(hubspot, contacts)
  await world.importCrm()
  for (const [agentId, count] of [[agents.before, contacts] as const, [agents.measured, conversations] as const]) {
    for (let first = 0; first < count; first += atOnce) {
      const size = Math.min(atOnce, count - first)
      const indices = Array.from({ length: size }, (_, place) => first + place)
      await world.take(...indices.map((index) => callOf(agentId, index, contacts)))
    }
  }
}

function callOf(agentId: string, index: number, contacts: number): object {
  const isBefore = agentId === agents.before
  const at = new Date(firstCall + (isBefore ? -yearMs : 0) + index * minuteMs).toISOString()
  const number = phoneOf(index % contacts)
  // Nobody says the last time what they said the first: every record is written.
  const turns = turnsOf(isBefore ? index : 3 * index + 1)
  return { ...call({ id: `${agentId}_${index}`, at, number, turns }), agent_id: agentId }
}
