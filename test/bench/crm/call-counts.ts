import { readWhatLanded } from '../../../src/sync/index.ts'
import type { Kind } from '../../support/accounts/account.ts'
import { logged } from '../../support/activities.ts'
import type { World } from '../../support/open-world.ts'
import { textField } from '../../support/records.ts'
import { inBareWorld } from '../bench-world.ts'
import type { Figure } from '../figures.ts'
import { pushAll } from './push-all.ts'
import { settle, touch } from './touch.ts'

const records = 2_000

/** Beside the writes of fields, per 1,000 records with a call each: 10 batches that log it, and one for what else there is. */
const logging = 11

/** Calls for 1,000 records, when they get their first value and when they get another; and those that look afterwards who was overwritten. */
export async function callCounts(kind: Kind, bars: { first: number; later: number; back: number }): Promise<Figure[]> {
  return await inBareWorld(
    async (world) => {
      const ids = openContacts(world)
      await settle(world, ids)
      const figures: Figure[] = []
      for (const [number, touched] of (['first', 'later'] as const).entries()) {
        await touch(world, ids, number + 1)
        const { read, history, write } = (await pushAll(world, records)).calls
        figures.push({
          name: `${kind} calls for 1,000 records, ${touched} touch (${read} reads, ${history} of histories, ${write} writes of ${records})`,
          median: ((read + history + write) * 1_000) / records,
          baseline: bars[touched],
          bar: bars[touched],
          unit: 'calls',
          better: 'lower',
        })
      }
      const { db, crm, next } = world
      const counts = { read: 0, history: 0, write: 0 }
      await readWhatLanded({ db, crm, next, now: () => new Date() }, { olderThanMs: 0, counts })
      figures.push({
        name: `${kind} calls for 1,000 records to read back what was written, minutes later, once for both touches`,
        median: ((counts.read + counts.history) * 1_000) / records,
        baseline: bars.back,
        bar: bars.back,
        unit: 'calls',
        better: 'lower',
      })
      return figures
    },
    {},
    kind,
  )
}

/** The same where every record's call is logged as an activity, and its text follows the second analysis. */
export async function loggedCounts(kind: Kind, bars: { first: number; later: number }): Promise<Figure[]> {
  return await inBareWorld(
    async (world) => {
      const ids = openContacts(world)
      await settle(world, ids, { isLogged: true })
      const figures: Figure[] = []
      for (const [number, touched] of (['first', 'later'] as const).entries()) {
        await touch(world, ids, number + 1)
        const { read, history, write } = (await pushAll(world, records)).calls
        const summaries = logged(world).filter(({ body }) => body.includes(`offer ${number + 1}`)).length
        if (summaries !== records) throw new Error(`${summaries} of ${records} calls are logged as they are now`)
        figures.push({
          name: `${kind} calls for 1,000 records with activities, ${touched} touch (${read} reads, ${history} of histories, ${write} writes of ${records})`,
          median: ((read + history + write) * 1_000) / records,
          baseline: bars[touched] + logging,
          bar: bars[touched] + logging,
          unit: 'calls',
          better: 'lower',
        })
      }
      return figures
    },
    {},
    kind,
  )
}

function openContacts({ account }: World): string[] {
  account.defineProperties([textField('last_call_summary')])
  return account.createContacts(
    Array.from({ length: records }, (_, person) => ({ properties: { lastname: `Person ${person}` } })),
  )
}
