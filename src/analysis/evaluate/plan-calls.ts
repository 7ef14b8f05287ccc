import type { Db } from '../../db/index.ts'
import { type Model, mostUsd } from '../../model/index.ts'
import { requestFor } from '../ask.ts'
import type { Question } from '../prepare.ts'
import { withMoreRoom } from '../second-try.ts'
import { type LabelSource, labelPages } from './label-pages.ts'
import { type Asked, type Configs, preparePage } from './prepare-page.ts'

/** What an evaluation is about to ask. */
export type PlannedCalls = {
  /** Conversations that a model is asked about, and the most that can cost, second tries included; null where the price of a model is not known. */
  calls: number
  atMostUsd: number | null
  /** Conversations answered by a stored analysis of the same config, and those in which there is nothing to analyse. */
  stored: number
  skipped: number
}

/** Counts the calls of an evaluation before any is made, page by page, and reads its configs. Changes nothing. */
export async function planCalls(
  deps: { db: Db; model: Model },
  configs: Configs,
  input: Asked & { labels: LabelSource; limit?: number },
): Promise<PlannedCalls> {
  const planned: PlannedCalls = { calls: 0, atMostUsd: 0, stored: 0, skipped: 0 }
  for await (const page of labelPages(deps.db, input)) {
    // Nothing is stored under it: the run begins when there is something to ask.
    const { labelled } = await preparePage(deps, configs, page, { ...input, runId: 0 })
    for (const prepared of new Map(labelled.map((each) => [each.conversation.id, each.prepared])).values()) {
      if (prepared.from === 'cache') planned.stored += 1
      else if (prepared.from === 'nothing') planned.skipped += 1
      else {
        const most = mostOf(deps.model, prepared)
        planned.calls += 1
        planned.atMostUsd = most === null || planned.atMostUsd === null ? null : planned.atMostUsd + most
      }
    }
  }
  return planned
}

/** Of a first try and the dearest second. */
function mostOf(model: Model, question: Question): number | null {
  const request = requestFor(question)
  const [first, second] = [mostUsd(model, request), mostUsd(model, withMoreRoom(request))]
  return first === null || second === null ? null : first + second
}
