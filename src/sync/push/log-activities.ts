import type { WriteOutcome } from '../../crm/index.ts'
import { retryDelayMs, type WriteDeps, writeActivities } from '../activities/write-activities.ts'
import type { PlannedRecord } from '../plan-records.ts'
import type { Intent } from './save-intents.ts'
import type { Logged } from './within-pace.ts'

/** `waits`: for how long records have to be marked again, in ms. `failure`: what nobody foresaw, to be thrown once the cells are stored. */
export type LoggedEnd = { waits: Map<number, number>; failure: { error: unknown } | null }

/**
 * Writes the activities of a batch, after its cells: of the records that are there, and that the CRM takes writes to now. What
 * becomes of them never keeps a cell's outcome from being stored: never throws.
 */
export async function logActivities(
  deps: WriteDeps,
  push: { planned: PlannedRecord[]; logged: Logged; intents: Intent[]; outcomes: WriteOutcome[] },
): Promise<LoggedEnd> {
  const waiting = new Set(
    push.intents.flatMap(({ recordId }, place) => {
      const { outcome = 'later' } = push.outcomes[place] ?? {}
      return outcome === 'written' || outcome === 'rejected' ? [] : [recordId]
    }),
  )
  const ready = push.planned.flatMap((record) => {
    const { recordId } = record.facts
    if (record.reading === null || waiting.has(recordId)) return []
    return (push.logged.get(recordId) ?? []).map((planned) => ({ planned, record }))
  })
  try {
    return { waits: await writeActivities(deps, ready), failure: null }
  } catch (error) {
    return { waits: new Map(ready.map(({ planned }) => [planned.recordId, retryDelayMs])), failure: { error } }
  }
}
