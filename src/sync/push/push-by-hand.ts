import type { Crm } from '../../crm/index.ts'
import { readWhatLanded } from '../read-back/read-what-landed.ts'
import { type PushDeps, type PushReport, pushConnection } from './push-connection.ts'

/**
 * What a person asks for: `pushConnection`, and at once, not minutes later, the history of what was written; who was overwritten
 * in between gets the word back in the same breath. Null where another push is under way.
 */
export async function pushByHand(deps: PushDeps, crm: Crm): Promise<PushReport | null> {
  const report = await pushConnection(deps, crm)
  if (!report) return null
  const { calls } = report
  const { edited } = await readWhatLanded({ ...deps, crm }, { olderThanMs: 0, counts: calls })
  const again = edited > 0 ? await pushConnection(deps, crm) : null
  if (!again) return report
  return {
    records: report.records + again.records,
    written: report.written + again.written,
    calls: {
      read: calls.read + again.calls.read,
      history: calls.history + again.calls.history,
      write: calls.write + again.calls.write,
    },
    hold: again.hold,
  }
}
