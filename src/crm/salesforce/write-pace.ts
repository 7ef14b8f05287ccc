import type { Db } from '../../db/index.ts'

/**
 * How an object of an org is best written to: rows in one call, calls under way at once, and what a row takes the org, as
 * learned from its answers.
 */
export type WritePace = { rowsAtOnce: number; chunksAtOnce: number; msPerRow: number }

/** Salesforce takes 200 rows in one call. */
export const MOST_ROWS = 200
/** Triggers on accounts that several calls share make more useless (crm.md 11.1). */
const MOST_CHUNKS = 10
/** What a call takes beside its rows. */
const firstMs = 250
/** A call of 20 s counts against the 25 of its kind that an org runs at once; ours stay well below. */
export const LONGEST_CALL_MS = 15_000
/** After a lock, the next smaller company. */
const SMALLER = [50, 10, 1]

const freshPace: WritePace = { rowsAtOnce: MOST_ROWS, chunksAtOnce: 2, msPerRow: 0 }

/**
 * What a call tells for the next ones. Locks and an overloaded org halve the calls at once and shrink them; without, both grow
 * again, as long as a call stays below 15 s. Pure.
 */
export function paceAfter(
  pace: WritePace,
  call: { rows: number; ms: number; isCrowded: boolean },
  longestMs = LONGEST_CALL_MS,
): WritePace {
  const { rows, ms, isCrowded } = call
  const measured = Math.max(0, ms - firstMs) / Math.max(1, rows)
  // What is slower than known is believed at once, what is faster step by step: one long call is one too many.
  const msPerRow = measured > pace.msPerRow ? measured : pace.msPerRow * 0.8 + measured * 0.2
  const most = Math.max(1, Math.min(MOST_ROWS, Math.floor((longestMs - firstMs) / Math.max(msPerRow, 0.001))))
  const isSlower = pace.msPerRow > 0 && measured > pace.msPerRow * 1.5
  if (isCrowded) {
    const smaller = SMALLER.find((size) => size < pace.rowsAtOnce) ?? 1
    return { rowsAtOnce: Math.min(most, smaller), chunksAtOnce: Math.max(1, pace.chunksAtOnce / 2), msPerRow }
  }
  const chunksAtOnce = isSlower ? pace.chunksAtOnce : Math.min(MOST_CHUNKS, pace.chunksAtOnce + 1 / pace.chunksAtOnce)
  return { rowsAtOnce: Math.min(most, pace.rowsAtOnce * 2), chunksAtOnce, msPerRow }
}

/** What of an org is written within so long is read together before: the longer it takes, the likelier somebody edits a record meanwhile. */
const TOGETHER_MS = 10_000
/** One call reads so many. */
const MOST_TOGETHER = 2_000
/** Of an org that was not written to yet. */
const FIRST_TOGETHER = 1_000

/** How many records to read and write together in an org with these paces: at least a full call's. Pure. */
export function rowsTogether(paces: readonly WritePace[]): number {
  const most = paces.map(({ rowsAtOnce, chunksAtOnce, msPerRow }) => {
    const callMs = firstMs + rowsAtOnce * msPerRow
    return Math.floor((TOGETHER_MS / callMs) * rowsAtOnce * chunksAtOnce)
  })
  return Math.max(MOST_ROWS, Math.min(paces.length > 0 ? MOST_TOGETHER : FIRST_TOGETHER, ...most))
}

/** The paces of a connection's objects, kept for whoever writes to them next. Without a database each begins afresh. */
export function openPaces(db: Db | undefined, connection: string) {
  const known = new Map<string, WritePace>()
  return {
    /** Of the objects that were written to already. */
    known: () => [...known.values()],
    async read(object: string): Promise<WritePace> {
      const pace = (db && (await findPace(db, connection, object))) ?? known.get(object) ?? freshPace
      known.set(object, pace)
      return pace
    },
    async keep(object: string, pace: WritePace): Promise<void> {
      known.set(object, pace)
      if (db) await savePace(db, connection, object, pace)
    },
  }
}

async function findPace(db: Db, connection: string, object: string): Promise<WritePace | undefined> {
  const row = await db
    .selectFrom('write_paces')
    .select(['rows_at_once as rowsAtOnce', 'chunks_at_once as chunksAtOnce', 'ms_per_row as msPerRow'])
    .where('connection', '=', connection)
    .where('object', '=', object)
    .executeTakeFirst()
  return row
}

async function savePace(db: Db, connection: string, object: string, pace: WritePace): Promise<void> {
  const values = { rows_at_once: pace.rowsAtOnce, chunks_at_once: pace.chunksAtOnce, ms_per_row: pace.msPerRow }
  await db
    .insertInto('write_paces')
    .values({ connection, object, ...values })
    .onConflict((conflict) => conflict.columns(['connection', 'object']).doUpdateSet(values))
    .execute()
}
