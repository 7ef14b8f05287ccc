import type { Db } from '../../db/index.ts'
import { type Paces, takeRecords } from '../../limits/index.ts'
import type { PlannedActivity } from '../activities/types.ts'
import type { Mark } from '../marks.ts'
import type { PlannedRecord } from '../plan-records.ts'
import { isToWrite } from './save-intents.ts'

export type Batch = { marks: Mark[]; planned: PlannedRecord[] }
/** What is to be done about activities, by record. */
export type Logged = ReadonlyMap<number, readonly PlannedActivity[]>

/**
 * What of a batch may be written now: in the order of the marks, as many records as the connection's pace has left. The
 * others keep their marks and are looked at again later. Records that want no write go along. `toWrite`: how many wanted one.
 */
export async function withinPace(
  deps: { db: Db; paces: Paces },
  connection: string,
  { marks, planned, logged }: Batch & { logged: Logged },
): Promise<Batch & { toWrite: number }> {
  const place = new Map(marks.map((mark, index) => [mark.recordId, index]))
  const placeOf = ({ facts }: PlannedRecord) => place.get(facts.recordId) ?? marks.length
  const isWanted = (record: PlannedRecord) => isToWrite(record) || isToLog(logged.get(record.facts.recordId))
  const writing = planned.filter(isWanted).sort((a, b) => placeOf(a) - placeOf(b))
  const taken = await takeRecords(deps, connection, writing.length)
  const later = new Set(writing.slice(taken).map(({ facts }) => facts.recordId))
  return {
    marks: marks.filter((mark) => !later.has(mark.recordId)),
    planned: planned.filter(({ facts }) => !later.has(facts.recordId)),
    toWrite: writing.length,
  }
}

function isToLog(activities: readonly PlannedActivity[] = []): boolean {
  return activities.some(({ action, isObserved }) => !isObserved && action !== 'wait' && action !== 'refused')
}
