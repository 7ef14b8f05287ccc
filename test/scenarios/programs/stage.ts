import { sql } from 'kysely'
import type { Kind, PropertyDraft } from '../../support/accounts/account.ts'
import { mappingFor } from '../../support/mappings.ts'
import { booleanField, numberField, textField } from '../../support/records.ts'
import { createWorldOn, type World } from '../../support/world.ts'
import type { PlacedField } from './place-fields.ts'

/** When every mapping of the programs was switched on: what a program calls minute 0 of the past. */
const switchedOnAt = Date.parse('2025-01-01T00:00:00Z')
const hourMs = 3_600_000
/** Enough for a batch of programs none of which share a rule. */
const fieldsOfAKind = 200
/** Options that programs may tick; a tag of its own makes an edit unlike all others. */
const options = ['a', 'b', 'c', 'd', ...Array.from({ length: 20 }, (_, index) => `tag${index}`)]

/** A contact of the CRM, by its id there and by ours. */
export type Contact = { externalId: string; recordId: number }

export type Stage = {
  world: World
  /** Begins an hour of its own for the next performance, epoch ms. */
  nextHour(): number
  setClock(time: number): void
  /** Epoch ms of a program's minute within an hour that has begun. */
  timeOf(hour: number, minute: number): number
  /** Contacts that nothing has happened to yet. */
  takeContacts(count: number): Promise<Contact[]>
  /** Makes exactly these fields the mapping; every rule counts as switched on at minute 0. */
  useRules(placed: readonly PlacedField[]): Promise<void>
}

/** An installation on such a CRM with its own clock, with fields of every type and contacts without end. */
export async function openStage(kind: Kind): Promise<Stage> {
  let clock = switchedOnAt
  let hours = 0
  const free: Contact[] = []
  const world = await createWorldOn([kind], { clock: () => clock })
  world.account.defineProperties(Array.from({ length: fieldsOfAKind }, (_, index) => draftsOf(index)).flat())

  return {
    world,
    nextHour() {
      hours += 1
      clock = switchedOnAt + hours * hourMs
      return clock
    },
    setClock(time) {
      clock = time
    },
    timeOf: (hour, minute) => (minute < 0 ? switchedOnAt : hour) + minute * 60_000,
    async takeContacts(count) {
      if (free.length < count) free.push(...(await addContacts(world, Math.max(count, 300))))
      return free.splice(0, count)
    },
    async useRules(placed) {
      await usePlaced(world, placed)
      await world.db
        .updateTable('rules')
        .set({ first_active_at: new Date(switchedOnAt) })
        .execute()
    },
  }
}

function draftsOf(index: number): PropertyDraft[] {
  const choices = options.map((value) => ({ value }))
  return [
    numberField(`number_${index}`),
    booleanField(`bool_${index}`),
    { name: `choices_${index}`, type: 'enumeration', fieldType: 'checkbox', options: choices },
    textField(`text_${index}`),
  ]
}

async function addContacts(world: World, count: number): Promise<Contact[]> {
  const at = '2024-01-01T00:00:00Z'
  const ids = world.account.createContacts(Array.from({ length: count }, () => ({ at, properties: {} })))
  await usePlaced(world, [])
  await world.importCrm()
  const rows = await world.db
    .selectFrom('crm_records')
    .select(['id', 'external_id'])
    .where('external_id', '=', sql<string>`any(${ids})`)
    .execute()
  const recordIds = new Map(rows.map((row) => [row.external_id, row.id]))
  return ids.map((externalId) => ({ externalId, recordId: recordIds.get(externalId) ?? 0 }))
}

async function usePlaced(world: World, placed: readonly PlacedField[]): Promise<void> {
  const rules = placed.flatMap(({ property, rule }) => (rule ? [{ from: property, to: property, ...rule }] : []))
  await world.useMapping(mappingFor(world.account, rules, [{ record_id: 'metadata.record' }]))
}
