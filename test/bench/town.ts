import { call } from '../support/conversations.ts'
import type { World } from '../support/world.ts'

/** So many people, and calls that they made, to one agent. Towns of different names share nobody. */
export type Town = { name: string; people: number; calls: number }

const firstDay = Date.parse('2026-01-05T09:00:00Z')
const minuteMs = 60_000

/** The calls of a town: the same town, the same calls. Everybody has their share of them, in turns. */
export function callsOf(town: Town): object[] {
  return Array.from({ length: town.calls }, (_, index) => callOf(town, index))
}

/** One of them. */
export function callOf({ name, people }: Town, index: number): object {
  return {
    ...call({
      id: `${name}_call_${index}`,
      at: new Date(firstDay + index * minuteMs).toISOString(),
      number: numberOf(name, index % people),
      turns: turnsOf(index),
    }),
    agent_id: agentOf(name),
    metadata: { source: 'bench', index },
  }
}

/** Brings the people of these towns into the CRM, and then their calls into the installation. */
export async function settle(world: World, towns: Town[]): Promise<void> {
  for (const town of towns) createPeople(world, town)
  // Once for all: whoever a later import finds first was not known to hold a number when these calls took place.
  await world.importCrm()
  for (const town of towns) await world.take(...callsOf(town))
}

/** The people of a town, as contacts in HubSpot. */
export function createPeople({ hubspot }: World, { name, people }: Town): void {
  hubspot.createContacts(
    Array.from({ length: people }, (_, person) => ({
      properties: { firstname: `Person ${person}`, lastname: name, phone: numberOf(name, person) },
    })),
  )
}

export function agentOf(town: string): string {
  return `agent_${town}`
}

/** Fictional numbers, a hundred to an area and forty areas to a town, which is named by a letter. */
function numberOf(town: string, person: number): string {
  const area = 201 + (town.charCodeAt(0) - 'a'.charCodeAt(0)) * 40 + Math.floor(person / 100)
  return `+1${area}55501${String(person % 100).padStart(2, '0')}`
}

const products = ['standing desk', 'office chair', 'phone booth', 'meeting table', 'whiteboard', 'coffee machine']
const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday']
const moods = [
  'I am very happy with that, thank you!',
  'That is fine with me.',
  'Honestly, I am quite annoyed by the delay.',
]

export function turnsOf(index: number): string[] {
  const product = products[index % products.length]
  const day = days[index % days.length]
  const mood = moods[index % moods.length] ?? ''
  return [
    `Hello, my name is Casey Number ${index}, and I am calling about a ${product} for our office.`,
    `Good morning, Casey, and thanks for calling. What would you like to know about the ${product}?`,
    `We are a team of ${3 + (index % 40)} people, and we would like to know whether you deliver before ${day}.`,
    'Let me look that up for you. Which city are you in, and on which floor is your office?',
    `We are in Springfield, on floor ${1 + (index % 9)}, and there is a lift. My reference is ${String(index).padStart(7, '0')}.`,
    `I have found you. We can deliver the ${product} on ${day}, between nine and twelve, and set it up for you.`,
    `What would that cost us? Our budget is about $${500 + (index % 90) * 50}, with delivery.`,
    'With delivery and set-up it stays within that budget, and you can send it back within thirty days.',
    `${mood} Please send me the offer by e-mail, and call me back if anything changes.`,
    'I will send it within the hour. Is there anything else that I can do for you today?',
    'No, that was all. Have a good day, goodbye.',
  ]
}
