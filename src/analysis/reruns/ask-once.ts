import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Db, lockUntilEnd, type Trx, transact } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import type { AnalysisResult } from '../types.ts'
import {
  type Asked,
  beatMs,
  endRerun,
  findRunning,
  forgetEnded,
  holdOn,
  insertRunning,
  type KnownRerun,
  leaveWaiting,
  type RerunResult,
  readRerun,
  takeRerun,
} from './store.ts'

const firstLookMs = 50
const lastLookMs = 1_000

type Work = {
  /** Opens the run of a rerun that is the first to ask; asked for in the transaction of its claim. */
  openRun: (trx: Trx) => Promise<number>
  /** Notes that somebody waits for the answer to another's rerun. */
  noteJoined: (trx: Trx, runId: number) => Promise<void>
  analyse: (runId: number) => Promise<AnalysisResult>
}

/**
 * Asks, or waits for the one who is asking the same of the same conversation at this moment, in whatever process, and answers with
 * what came of it: so the source product's SDK, which comes again after a minute, is charged once. Where the other's process dies,
 * the first who waits goes on in its place, under its run. A preview and a rerun that counts do not answer each other: the second
 * then finds the answer stored. Throws what `analyse` throws, to everybody who waits.
 */
export async function askOnce(
  db: Db,
  asked: Asked,
  work: Work,
  waiting?: { rerunId: number; runId: number },
): Promise<{ runId: number; result: RerunResult }> {
  for (;;) {
    const holder = randomUUID()
    const claim = await transact(db, (trx) => claimOrJoin(trx, asked, holder, work, waiting))
    if (claim.isMine) {
      const result = await whileHeld(db, claim.rerunId, holder, () => work.analyse(claim.runId))
      return { runId: claim.runId, result }
    }
    const ended = await endOf(db, claim.rerunId)
    const isAnswer = claim.isShared || claim.rerunId === waiting?.rerunId
    if (ended?.error && isAnswer) throw ended.error
    if (ended?.result && isAnswer) return { runId: ended.runId, result: ended.result }
  }
}

type Claim = { rerunId: number; runId: number } & ({ isMine: true } | { isMine: false; isShared: boolean })

async function claimOrJoin(
  trx: Trx,
  asked: Asked,
  holder: string,
  { openRun, noteJoined }: Work,
  waiting: { rerunId: number; runId: number } | undefined,
): Promise<Claim> {
  await lockUntilEnd(trx, `rerun ${asked.conversationId} ${asked.requestHash}`)
  const running = await findRunning(trx, asked)
  const isShared = running?.isPreview === asked.isPreview && waiting === undefined
  if (running?.isHeld) {
    if (isShared) await noteJoined(trx, running.runId)
    return { rerunId: running.id, runId: running.runId, isMine: false, isShared }
  }
  if (running && (isShared || running.id === waiting?.rerunId)) {
    await takeRerun(trx, running.id, asked, holder)
    return { rerunId: running.id, runId: running.runId, isMine: true }
  }
  if (running) await leaveWaiting(trx, running.id)
  if (waiting)
    return {
      ...waiting,
      ...((await takeRerun(trx, waiting.rerunId, asked, holder))
        ? { isMine: true }
        : { isMine: false, isShared: true }),
    }
  await forgetEnded(trx, asked.conversationId)
  const runId = await openRun(trx)
  return { rerunId: await insertRunning(trx, { ...asked, runId, holder }), runId, isMine: true }
}

/** Does the work, telling everybody all along that it is being done, and then how it ended. */
async function whileHeld(
  db: Db,
  rerunId: number,
  holder: string,
  work: () => Promise<AnalysisResult>,
): Promise<AnalysisResult> {
  // One that is missed is no harm: the next comes before the lease ends.
  const beat = setInterval(() => void holdOn(db, rerunId, holder).catch(() => undefined), beatMs)
  try {
    const result = await work()
    await endRerun(db, rerunId, result)
    return result
  } catch (error) {
    await endRerun(db, rerunId, error instanceof AppError ? error : broken)
    throw error
  } finally {
    clearInterval(beat)
  }
}

const broken = new AppError('rerun.broken', 'retry', 'An unexpected server error occurred.', { status: 500 })

/** How another's rerun ended; undefined where its process died, or it was deleted. */
async function endOf(db: Db, rerunId: number): Promise<KnownRerun | undefined> {
  for (let pauseMs = firstLookMs; ; pauseMs = Math.min(2 * pauseMs, lastLookMs)) {
    const rerun = await readRerun(db, rerunId)
    if (rerun?.state === 'ended') return rerun
    if (!rerun?.isHeld) return undefined
    await sleep(pauseMs)
  }
}
