import { badOrder } from '../refusal.ts'
import type { Org } from './org.ts'
import { changeRecord, objectOf, type SalesRecord } from './records.ts'
import { setDeleted } from './remove.ts'
import { storedValue } from './render.ts'
import { usersOf } from './users.ts'

/**
 * Merges as a person does: the winner keeps its id and takes the loser's values where it has none; the loser is deleted
 * and names its master. What referred to the loser refers to the winner.
 */
export function mergeRecords(org: Org, winner: SalesRecord, loser: SalesRecord): void {
  const object = objectOf(org, winner.object)
  if (!object || winner.object !== loser.object || winner === loser)
    throw badOrder('two records of one object are needed')
  const [by, at] = [usersOf(org.userId).person.id, org.clock()]
  const fields = [...object.fields.values()].filter(({ updateable }) => updateable)
  const taken = fields.filter(({ name }) => storedValue(winner, name) === null && storedValue(loser, name) !== null)
  setDeleted(org, loser, true, by)
  loser.masterRecordId = winner.id
  changeRecord(org, winner, new Map(taken.map((field) => [field, storedValue(loser, field.name)])), { by, at })
  for (const record of org.records.values()) {
    for (const { name } of objectOf(org, record.object)?.fields.values() ?? []) {
      const revision = record.values.get(name)?.at(-1)
      if (revision?.value === loser.id) revision.value = winner.id
    }
  }
}
