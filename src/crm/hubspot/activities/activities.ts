import type { AppError } from '../../../errors.ts'
import type { Activities, ActivityOutcome, ActivityRow, GoneRow } from '../../activities/contract.ts'
import { rememberedKey } from '../../activities/remembered-key.ts'
import { retryAfter } from '../../activities/retry-after.ts'
import { chunked } from '../../chunked.ts'
import type { CallCounts, CrmField } from '../../contract.ts'
import type { Remembered } from '../../remembered.ts'
import type { HubspotClient } from '../client.ts'
import { HubspotError } from '../errors.ts'
import { MOST_ROWS } from '../write-rows.ts'
import { createAll } from './create.ts'
import { findByMark } from './find.ts'
import { KEY_FIELD, OBJECTS } from './properties-of.ts'
import { type Known, updateAll } from './update.ts'
import type { Writing } from './writing.ts'

type Deps = {
  client: HubspotClient
  schema: Remembered<CrmField[]>
  explain: (error: HubspotError) => AppError
}

/** Calls and communications of a HubSpot account. */
export function createActivities(deps: Deps): Activities {
  const { client, schema } = deps
  const hasKey = rememberedKey(
    async (object) => {
      const fields = await schema.renew(object)
      return fields.some(({ name, unique, writable }) => name === KEY_FIELD && unique && writable)
    },
    (isThere) => isThere,
  )

  async function writeKind(
    kind: 'call' | 'chat',
    rows: readonly ActivityRow[],
    outcomes: Writing['outcomes'],
    counts?: CallCounts,
  ) {
    const object = OBJECTS[kind]
    const writing = { ...deps, object, counts, hasKey: await hasKey(object), fieldsOf: schema.get, outcomes }
    const unsure = rows.filter((row) => row.activityId === null && row.isUnsure)
    const found = await findByMark(
      writing,
      unsure.map(({ draft: { key }, recordId, hangsOn }) => ({ key, contactIds: [recordId, hangsOn ?? recordId] })),
    )
    const known: Known[] = []
    const fresh: ActivityRow[] = []
    for (const row of rows) {
      const activityId = row.activityId ?? found.get(row.draft.key) ?? null
      if (activityId === null) fresh.push(row)
      else known.push({ ...row, activityId })
    }
    await updateAll(writing, known)
    await createAll(writing, fresh)
  }

  async function removeKind(
    kind: 'call' | 'chat',
    rows: readonly GoneRow[],
    outcomes: Writing['outcomes'],
    counts?: CallCounts,
  ) {
    const object = OBJECTS[kind]
    const writing = { ...deps, object, counts, hasKey: false, fieldsOf: schema.get, outcomes }
    const unknown = rows.filter(({ activityId }) => activityId === null)
    const found = await findByMark(
      writing,
      unknown.map(({ key, recordId }) => ({ key, contactIds: [recordId] })),
    )
    for (const chunk of chunked(rows, MOST_ROWS)) {
      const ids = chunk.flatMap(({ key, activityId }) => activityId ?? found.get(key) ?? [])
      if (ids.length > 0) await client.archiveActivities(object, ids, counts)
      for (const { key, activityId } of chunk) outcomes.set(key, { key, outcome: 'written', activityId })
    }
  }

  return {
    keys: async (kinds = ['call', 'chat']) =>
      Promise.all(
        kinds.map(async (kind) => {
          const object = OBJECTS[kind]
          const isThere = await hasKey(object).catch((error: unknown) => {
            throw error instanceof HubspotError ? deps.explain(error) : error
          })
          return { object, field: KEY_FIELD, kinds: [kind], isThere }
        }),
      ),

    write: (rows, counts) =>
      byKind(
        deps,
        rows.map((row) => ({ ...row.draft, row })),
        (kind, of, outcomes) =>
          writeKind(
            kind,
            of.map(({ row }) => row),
            outcomes,
            counts,
          ),
      ),

    remove: (rows, counts) => byKind(deps, rows, (kind, of, outcomes) => removeKind(kind, of, outcomes, counts)),
  }
}

/** Does the work kind by kind; what keeps it from one leaves that one's rows for later. One outcome per row, in their order. */
async function byKind<T extends { key: string; kind: 'call' | 'chat' }>(
  { explain }: Deps,
  rows: readonly T[],
  work: (kind: 'call' | 'chat', rows: T[], outcomes: Map<string, ActivityOutcome>) => Promise<void>,
): Promise<ActivityOutcome[]> {
  const outcomes = new Map<string, ActivityOutcome>()
  for (const [kind, of] of Map.groupBy(rows, (row) => row.kind)) {
    try {
      await work(kind, of, outcomes)
    } catch (error) {
      if (!(error instanceof HubspotError)) throw error
      const why = explain(error)
      const scopes = `; activities need the scopes to read and write ${OBJECTS[kind]}`
      const reason = why.recovery === 'stop' ? `${why.message}${scopes}` : why.message
      const waitMs = retryAfter(why)
      for (const { key } of of) {
        if (outcomes.has(key)) continue
        outcomes.set(key, {
          key,
          outcome: 'later',
          activityId: null,
          reason,
          ...(waitMs !== undefined && { retryAfterMs: waitMs }),
        })
      }
    }
  }
  return rows.map(({ key }) => outcomes.get(key) ?? { key, outcome: 'later', activityId: null, reason: 'not sent' })
}
