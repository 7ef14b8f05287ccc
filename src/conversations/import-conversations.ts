import { setImmediate } from 'node:timers/promises'
import { type Actor, startRun } from '../audit/index.ts'
import type { Db, Trx } from '../db/index.ts'
import { type Accepted, acceptConversation, type Refused } from './accept-retell.ts'
import type { ConversationsAnnouncements } from './announcements.ts'
import { storeConversations } from './store-conversations.ts'

export type ImportInput = {
  /** JSON Lines: a call or chat of the source product per line, or a conversation in our own shape; empty lines are skipped. */
  lines: AsyncIterable<string> | Iterable<string>
  actor: Actor
  reason: string
  /** Whether what is new or changed is to be analysed. */
  analyse: boolean
  /** Whether what the vendor has found in them counts, in place of a model call. */
  useVendors?: boolean
  /** They have just ended: instead of the two above, the `live` setting of each agent says, and an older word takes nothing back. */
  live?: boolean
}

export type ImportReport = {
  /** Null where nothing changed: then there is no run. */
  runId: number | null
  lines: number
  stored: number
  changed: number
  unchanged: number
  /** Deleted or settled before, or of a person who was erased: acknowledged, and not stored. */
  dropped: number
  /** Every line is counted, the first hundred are explained; line numbers count from 1. */
  problemCount: number
  problems: { line: number; message: string }[]
}

type Deps = {
  db: Db
  now: () => Date
  defaultCountry: string
  next: Pick<ConversationsAnnouncements, 'conversationsStored'>
}

const batchSize = 64
const mostProblems = 100
/** So many lines are read before what the database has answered is looked at. */
const linesAtOnce = 8

/**
 * Takes in conversations line by line, in constant memory. A line that is none is reported and stops no other; the same
 * lines again change nothing. What was stored before an error stays stored.
 */
export async function importConversations(deps: Deps, input: ImportInput): Promise<ImportReport> {
  const { actor, reason, analyse, useVendors = false } = input
  const wanted = input.live ? { live: true as const } : { analyse, useVendors }
  const report: ImportReport = {
    runId: null,
    lines: 0,
    stored: 0,
    changed: 0,
    unchanged: 0,
    dropped: 0,
    problemCount: 0,
    problems: [],
  }
  const openRun = async (trx: Trx) => {
    report.runId ??= await startRun(trx, { kind: 'intake', actor, reason })
    return report.runId
  }
  const flush = async (batch: Accepted[]) => {
    for (const { stored } of await storeConversations(deps, batch, { openRun, ...wanted })) {
      report[stored === 'new' ? 'stored' : stored] += 1
    }
  }

  // One batch is stored while the next is read, so that the database does not wait for us nor we for it; batches stay in order.
  let storing = Promise.resolve()
  let batch: Accepted[] = []
  let line = 0
  try {
    for await (const text of input.lines) {
      line += 1
      if (text.trim() === '') continue
      report.lines += 1
      const result = acceptLine(text, { now: deps.now(), defaultCountry: deps.defaultCountry })
      if ('problems' in result) {
        report.problemCount += 1
        if (report.problems.length < mostProblems) report.problems.push({ line, message: result.problems.join('; ') })
      } else if (batch.push(result) === batchSize) {
        await storing
        storing = flush(batch)
        // It may fail before anybody waits for it.
        storing.catch(() => undefined)
        batch = []
      } else if (batch.length % linesAtOnce === 0) await setImmediate()
    }
  } finally {
    await storing
  }
  await flush(batch)
  return report
}

function acceptLine(text: string, options: { now: Date; defaultCountry: string }): Accepted | Refused {
  try {
    return acceptConversation(JSON.parse(text.replace(/^\uFEFF/, '')), options)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    // The parser's own message quotes the line, and lines hold what people said.
    const [, position] = /at position (\d+)/.exec(error.message) ?? []
    return {
      problems: [position === undefined ? 'is not JSON' : `is not JSON from character ${Number(position) + 1} on`],
    }
  }
}
