import type { AppError } from '../../../errors.ts'
import type { Activities, ActivityOutcome } from '../../activities/contract.ts'
import { rememberedKey } from '../../activities/remembered-key.ts'
import { forbiddenRetryMs, retryAfter } from '../../activities/retry-after.ts'
import { chunked } from '../../chunked.ts'
import type { SalesforceClient } from '../client.ts'
import { SalesforceError } from '../errors.ts'
import { isGone, isLock, reasonOf } from '../row-errors.ts'
import { MOST_ROWS } from '../write-pace.ts'
import { KEY_FIELD, OBJECT, readTaskFields } from './task-fields.ts'
import { findByMark, writeTasks } from './write-tasks.ts'

type Deps = {
  client: SalesforceClient
  timeZone: () => string
  explain: (error: SalesforceError) => AppError
}

/** Tasks of a Salesforce org, calls and chats alike. */
export function createActivities({ client, timeZone, explain }: Deps): Activities {
  const read = rememberedKey(
    () => readTaskFields(client),
    ({ hasKey }) => hasKey,
  )
  const taskFields = () => read(OBJECT)

  /** What keeps the work from its rows leaves those for later that have no outcome yet. */
  async function settled<T extends { key: string }>(
    rows: readonly T[],
    work: (outcomes: Map<string, ActivityOutcome>) => Promise<void>,
  ): Promise<ActivityOutcome[]> {
    const outcomes = new Map<string, ActivityOutcome>()
    let why: Pick<ActivityOutcome, 'reason' | 'retryAfterMs'> = { reason: 'not sent' }
    try {
      if (rows.length > 0) await work(outcomes)
    } catch (error) {
      if (!(error instanceof SalesforceError)) throw error
      const explained = explain(error)
      const waitMs = retryAfter(explained)
      why = { reason: explained.message, ...(waitMs !== undefined && { retryAfterMs: waitMs }) }
    }
    return rows.map(({ key }) => outcomes.get(key) ?? { key, outcome: 'later', activityId: null, ...why })
  }

  return {
    keys: async () => {
      try {
        const { hasKey } = await taskFields()
        return [{ object: OBJECT, field: KEY_FIELD, kinds: ['call', 'chat'], isThere: hasKey }]
      } catch (error) {
        throw error instanceof SalesforceError ? explain(error) : error
      }
    },

    write: (rows, counts) =>
      settled(
        rows.map(({ draft }) => draft),
        async (outcomes) =>
          writeTasks({ client, task: await taskFields(), timeZone: timeZone(), counts, outcomes }, rows),
      ),

    remove: (rows, counts) =>
      settled(rows, async (outcomes) => {
        const unknown = rows.flatMap(({ key, activityId }) => (activityId === null ? [key] : []))
        const found = await findByMark({ client, counts }, unknown)
        const known = rows.flatMap(({ key, activityId }) => {
          const id = activityId ?? found.get(key)
          if (id === undefined) outcomes.set(key, { key, outcome: 'written', activityId: null })
          return id === undefined ? [] : [{ key, activityId: id }]
        })
        for (const chunk of chunked(known, MOST_ROWS)) {
          const ids = chunk.map(({ activityId }) => activityId)
          const answers = await client.destroy(OBJECT, ids, counts)
          for (const [place, { key, activityId }] of chunk.entries()) {
            const { success = false, errors = [] } = answers[place] ?? {}
            // What is neither gone nor locked, our user may not delete; of a row that is not answered, nothing is known.
            const isForbidden = errors.length > 0 && !errors.some(isLock)
            const why = { reason: reasonOf(errors), ...(isForbidden && { retryAfterMs: forbiddenRetryMs }) }
            const end =
              success || isGone({}, errors) ? { outcome: 'written' as const } : { outcome: 'later' as const, ...why }
            outcomes.set(key, { key, activityId, ...end })
          }
        }
      }),
  }
}
