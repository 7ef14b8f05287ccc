import { parseFilter } from '../../filters/index.ts'
import type { PlanInput } from '../plan-backfill.ts'
import { readDeadline } from '../read-deadline.ts'
import type { ScheduleFile } from './file-schema.ts'

/** What a file asks to be planned, its relative times read at a moment in its zone. */
export function planInputOf(file: ScheduleFile, at: Date): Omit<PlanInput, 'actor'> {
  const parsed = parseFilter(file.filter, { clock: { now: at, zone: file.time_zone } })
  // It was read before: only a moment is different.
  if ('errors' in parsed) throw new Error(`the filter of ${file.name} no longer reads`)
  const { reason, concurrency, canary, lane, deadline, mapping_only, mapping, fields } = file
  const inLane = { ...(lane && { lane }), ...(deadline !== undefined && { deadlineAt: readDeadline(deadline, at) }) }
  const only = { ...(mapping !== undefined && { mapping }), ...(fields !== undefined && { fields }) }
  return {
    filter: parsed.filter,
    reason,
    guards: guardsOf(file),
    ...(concurrency !== undefined && { concurrency }),
    ...((lane ?? deadline) !== undefined && { lane: inLane }),
    ...(canary && { canary: canaryOf(canary) }),
    ...(mapping_only && { mappingOnly: only }),
  }
}

function guardsOf({
  sample,
  max_conversations,
  max_cost_usd,
  drafts_of,
}: ScheduleFile): NonNullable<PlanInput['guards']> {
  const { first, share, seed } = { first: undefined, share: undefined, seed: undefined, ...sample }
  return {
    ...(first !== undefined && { sample: { first } }),
    ...(share !== undefined && { sample: { share, ...(seed !== undefined && { seed }) } }),
    ...(max_conversations !== undefined && { maxConversations: max_conversations }),
    ...(max_cost_usd !== undefined && { maxCostUsd: max_cost_usd }),
    ...(drafts_of && { draftsOf: drafts_of }),
  }
}

function canaryOf({ contacts, go_on, stop_at, fields }: NonNullable<ScheduleFile['canary']>) {
  return { contacts, goOn: go_on, ...(stop_at && { stopAt: stop_at }), ...(fields && { fields }) }
}
