import type { ActivityOutcome, ActivityRow } from '../../activities/contract.ts'
import { chunked } from '../../chunked.ts'
import type { CallCounts } from '../../contract.ts'
import type { SalesforceClient } from '../client.ts'
import { toLongId } from '../ids.ts'
import { listIn } from '../soql.ts'
import { MOST_ROWS } from '../write-pace.ts'
import { type Sending, type Sent, sendTasks } from './send-tasks.ts'
import { KEY_FIELD, OBJECT, type TaskFields } from './task-fields.ts'
import { MARK_FIELD, markOf, taskOf } from './task-of.ts'

const LONGEST_LIST = 14_000

type Writing = {
  client: SalesforceClient
  task: TaskFields
  timeZone: string
  counts: CallCounts | undefined
  outcomes: Map<string, ActivityOutcome>
}

/**
 * Writes conversations as tasks. By id where it is known; else by the key, which makes any repetition harmless; in an org
 * without the key field, tasks are looked for by their mark before they are created. Throws what keeps it from the rest.
 */
export async function writeTasks(writing: Writing, rows: readonly ActivityRow[]): Promise<void> {
  const { task } = writing
  const canBeFound = task.hasKey || task.createable.has(MARK_FIELD)
  const fresh = rows.filter(({ activityId }) => activityId === null)
  // Also with a key: what was created before the org had one bears only the mark.
  const unsure = task.hasKey ? fresh.filter(({ isUnsure }) => isUnsure) : fresh
  const found = canBeFound
    ? await findByMark(
        writing,
        unsure.map(({ draft }) => draft.key),
      )
    : new Map<string, string>()
  const known: ActivityRow[] = []
  const created: ActivityRow[] = []
  for (const row of rows) {
    const activityId = row.activityId ?? found.get(row.draft.key) ?? null
    if (activityId === null) created.push(row)
    else known.push({ ...row, activityId })
  }
  await update(writing, known)
  if (!canBeFound) {
    const reason = `this user may write neither ${KEY_FIELD} nor ${MARK_FIELD} of tasks: a task could not be told from others`
    for (const { draft } of created)
      writing.outcomes.set(draft.key, { key: draft.key, outcome: 'rejected', activityId: null, reason, code: reason })
    return
  }
  await create(writing, created)
}

async function update(writing: Writing, rows: readonly ActivityRow[]): Promise<void> {
  const { client, task, timeZone, counts } = writing
  const sent = rows.map((row): Sent => {
    const values = taskOf(row, task, timeZone, false)
    return { row, task: { ...values, Id: toLongId(row.activityId ?? '') }, isSecondTry: false }
  })
  const sending: Sending = {
    ...writing,
    isOnce: false,
    send: (tasks) =>
      client.update(
        OBJECT,
        tasks.map((each) => ({ ...each, Id: String(each.Id) })),
        counts,
      ),
  }
  for (const chunk of chunked(sent, MOST_ROWS)) await sendTasks(sending, chunk)
}

async function create(writing: Writing, rows: readonly ActivityRow[]): Promise<void> {
  const { client, task, timeZone, counts } = writing
  const sent = rows.map((row): Sent => ({ row, task: taskOf(row, task, timeZone, true), isSecondTry: false }))
  const sending: Sending = task.hasKey
    ? { ...writing, isOnce: false, send: (tasks) => client.upsert(OBJECT, KEY_FIELD, tasks, counts) }
    : { ...writing, isOnce: true, send: (tasks) => client.create(OBJECT, tasks, counts) }
  for (const chunk of chunked(sent, MOST_ROWS)) await sendTasks(sending, chunk)
}

/** Tasks of ours by their marks: a query reads what is committed, so there is no index to wait for. Ids by key. */
export async function findByMark(
  { client, counts }: Pick<Writing, 'client' | 'counts'>,
  keys: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const chunk of fitting(keys)) {
    const marks = new Map(chunk.map((key) => [markOf(key), key]))
    const soql = `SELECT Id, ${MARK_FIELD} FROM ${OBJECT} WHERE ${MARK_FIELD} IN ${listIn([...marks.keys()])}`
    for (const { Id, [MARK_FIELD]: mark } of await client.queryAll(soql, { count: () => counts && counts.read++ })) {
      const key = marks.get(mark ?? '')
      if (key !== undefined && Id) found.set(key, Id)
    }
  }
  return found
}

/** As many keys as leave a query below the 16,000 characters of an address. */
function fitting(keys: readonly string[]): string[][] {
  const chunks: string[][] = []
  let room = 0
  for (const key of keys) {
    // The quotes, the comma and the space are written as three characters each.
    const length = encodeURIComponent(markOf(key)).length + 12
    if (length > room) {
      chunks.push([])
      room = LONGEST_LIST
    }
    chunks.at(-1)?.push(key)
    room -= length
  }
  return chunks
}
