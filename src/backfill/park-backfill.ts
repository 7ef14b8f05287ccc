import { recordEntry } from '../audit/index.ts'
import { type Db, type Trx, transact } from '../db/index.ts'
import { hasRoom, readPause } from '../limits/index.ts'
import type { Model } from '../model/index.ts'
import { notParked, parkedBackfills } from './store.ts'
import type { Backfill } from './types.ts'

const actor = { kind: 'system', name: 'backfill' } as const

/**
 * Lets a running backfill stand still because a spending limit leaves too little for its next call, or (`needsUsd` is null) the
 * provider is out of credit: nothing more is claimed, what it has found goes on to the CRM. `goOnWithParked` ends that. Of several workers that meet the limit, one parks it.
 */
export async function parkBackfill(
  deps: { db: Db; now: () => Date },
  id: number,
  why: string,
  { needsUsd, resetsAt: until }: { needsUsd: number | null; resetsAt: Date | null },
): Promise<void> {
  await transact(deps.db, async (trx) => {
    const parked = await trx
      .updateTable('backfills')
      .set({ parked_at: deps.now(), parked_until: until, parked_why: why, parked_needs_usd: needsUsd })
      .where('id', '=', id)
      .where('state', '=', 'running')
      .where('parked_at', 'is', null)
      .returning('id')
      .executeTakeFirst()
    if (!parked) return
    const after = { why, until }
    await recordEntry(trx, { actor, action: 'backfill.parked', subject: { kind: 'backfill', id: String(id) }, after })
  })
}

/**
 * Lets every parked backfill go on whose limits leave enough again (a period is over, a limit was raised, calls came back cheaper),
 * or whose provider has credit again or is to be asked whether it has.
 */
export async function goOnWithParked(deps: { db: Db; model: Model; now: () => Date }): Promise<void> {
  for (const parked of await parkedBackfills(deps.db)) {
    if (await mayGoOn(deps, parked)) await transact(deps.db, (trx) => goOn(trx, parked.id))
  }
}

/** Whether what a backfill was parked for is over. */
export async function mayGoOn(
  deps: { db: Db; model: Model; now: () => Date },
  { runId, parked }: Pick<Backfill, 'runId' | 'parked'>,
): Promise<boolean> {
  if (!parked || runId === null) return false
  const { needsUsd } = parked
  return needsUsd === null ? await mayAsk(deps) : await hasRoom(deps, { runId, usd: needsUsd })
}

/** Lets a parked backfill go on; of several that would, one does. */
export async function goOn(trx: Trx, id: number): Promise<void> {
  const freed = await trx
    .updateTable('backfills')
    .set(notParked)
    .where('id', '=', id)
    .where('parked_at', 'is not', null)
    .returning('id')
    .executeTakeFirst()
  if (!freed) return
  await recordEntry(trx, { actor, action: 'backfill.goes_on', subject: { kind: 'backfill', id: String(id) } })
}

async function mayAsk({ db, model }: { db: Db; model: Model }): Promise<boolean> {
  const pause = await readPause(db, model.pacer.provider)
  return pause === null || pause.retryMs <= 0
}
