import type { Value } from '../../../src/mapping/index.ts'
import type { Findings } from './analyse.ts'
import type { Contact } from './ground.ts'
import type { Answers, Conversation, Edit } from './language.ts'
import type { Step } from './paces.ts'
import type { PlacedField } from './place-fields.ts'
import type { Stage } from './stage.ts'

/** Who plays one program: its contact and fields, and the runs it has made so far by their names. */
export type Player = {
  id: string
  contact: Contact
  fields: Map<string, PlacedField>
  before: Edit[]
  steps: Step[]
  runIds: Map<string, number>
  /** The analyses that its previews made, by their names. */
  previews: Map<string, number>
  /** Epoch ms of a minute of the program. */
  timeOf(minute: number): number
}

/** A conversation as it reaches us, about the player's contact. */
export function chatOf(player: Player, { name, at, startedAt }: Conversation): object {
  const endedAt = player.timeOf(at)
  const said = { role: 'user', content: 'What was said, the program says.', created_timestamp: endedAt }
  return {
    chat_id: conversationId(player, name),
    agent_id: 'chat_agent_1',
    chat_type: 'sms_chat',
    chat_status: 'ended',
    start_timestamp: player.timeOf(startedAt),
    end_timestamp: endedAt,
    metadata: player.contact.said,
    message_with_tool_calls: [said],
  }
}

/** What analyses find, by the names that the product knows. */
export function findingsOf(player: Player, found: Record<string, Answers>): Findings {
  return Object.fromEntries(
    Object.entries(found).map(([name, answers]) => [conversationId(player, name), itemsOf(player, answers)]),
  )
}

function itemsOf(player: Player, answers: Answers): Findings[string] {
  if (answers === 'failed') return 'failed'
  return Object.fromEntries(
    Object.entries(answers).map(([field, answer]) => [propertyOf(player, field), { ...answer, evidence: [] }]),
  )
}

/** Somebody edits the player's contact in the CRM, at the time of the edit. */
export async function enter({ ground }: Stage, player: Player, { at, by, set }: Edit): Promise<void> {
  const moment = new Date(player.timeOf(at)).toISOString()
  const properties = Object.fromEntries(
    Object.entries(set).map(([field, value]) => [propertyOf(player, field), toWire(value)]),
  )
  await ground.edit({ id: player.contact.externalId, properties, as: by, at: moment })
}

/** What the CRM holds of the player's fields. */
export function heldBy({ fields }: Player, properties: { [name: string]: string }): { [field: string]: Value } {
  return Object.fromEntries(
    [...fields].map(([field, { property }]) => [field, fromWire(property, properties[property])]),
  )
}

export function conversationId(player: Player, name: string): string {
  return `${player.id}_${name}`
}

export function propertyOf(player: Player, field: string): string {
  const property = player.fields.get(field)?.property
  if (property === undefined) throw new Error(`the program has no field ${field}`)
  return property
}

/** A value as a person types it; '' empties a field. */
function toWire(value: Value): string {
  return value === null ? '' : Array.isArray(value) ? value.join(';') : String(value)
}

/** What a property holds, by the type in its name; options in alphabetical order. */
function fromWire(property: string, wire = ''): Value {
  if (wire === '') return null
  if (property.startsWith('number')) return Number(wire)
  if (property.startsWith('bool')) return wire === 'true'
  return property.startsWith('choices') ? wire.split(';').sort() : wire
}
