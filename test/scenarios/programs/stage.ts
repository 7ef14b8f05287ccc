import { afterAll } from 'vitest'
import type { HolderKind, PropertyDraft } from '../../support/accounts/account.ts'
import type { AtEnd } from '../../support/database.ts'
import { booleanField, numberField, textField } from '../../support/records.ts'
import { createWorldOn, type World } from '../../support/world.ts'
import { type Contact, crmGround, type Ground, localGround } from './ground.ts'
import type { PlacedField } from './place-fields.ts'

/** When every mapping of the programs was switched on: what a program calls minute 0 of the past. */
const switchedOnAt = Date.parse('2025-01-01T00:00:00Z')
const hourMs = 3_600_000
/** Enough for a batch of programs none of which share a rule; whoever plays only a few of them needs less. */
const manyPrograms = { fieldsOfAKind: 200, contactsAtOnce: 300 }
/** Options that programs may tick; a tag of its own makes an edit unlike all others. */
const options = ['a', 'b', 'c', 'd', ...Array.from({ length: 20 }, (_, index) => `tag${index}`)]

export type Stage = {
  world: World
  /** Where the fields are that it plays with. */
  ground: Ground
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

/** An installation on such a holder of fields with its own clock, with fields of every type and contacts without end. */
export async function openStage(
  kind: HolderKind,
  { fieldsOfAKind, contactsAtOnce } = manyPrograms,
  atEnd: AtEnd = afterAll,
): Promise<Stage> {
  let clock = switchedOnAt
  let hours = 0
  const free: Contact[] = []
  const world = await createWorldOn([kind === 'local' ? 'hubspot' : kind], { clock: () => clock, atEnd })
  const drafts = Array.from({ length: fieldsOfAKind }, (_, index) => draftsOf(index)).flat()
  const ground = kind === 'local' ? localGround(world, () => clock) : crmGround(world, drafts)

  return {
    world,
    ground,
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
      if (free.length < count) free.push(...(await ground.addContacts(Math.max(count, contactsAtOnce))))
      return free.splice(0, count)
    },
    async useRules(placed) {
      await ground.useRules(placed)
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
