import { analysedBy, setCurrent } from '../analysis/index.ts'
import { type Actor, isUndone, startRun } from '../audit/index.ts'
import { resealConversation } from '../conversations/index.ts'
import { type Db, type Trx, transact } from '../db/index.ts'
import { AppError, notFound } from '../errors.ts'
import type { SyncAnnouncements } from './announcements.ts'
import { dropHeld, linkedRecords, moveRun, namedBy, restoreRun } from './contribution-store.ts'
import { markReached } from './mark-reached.ts'
import { restoreLinks } from './match/restore-links.ts'
import { noteTouchedCells, noteUndoneCells } from './undo-cells.ts'
import { correctedLinks, linksOf, lockRun, newestAnalyses, type Run, reinstateRun, withdrawRun } from './undo-store.ts'

export type UndoInput = { runId: number; actor: Actor; reason: string }

/**
 * Withdraws a run: what it released no longer counts, analyses and links go back, and every record it reached is folded again.
 * Where a later run, conversation or edit decides, nothing changes there. Undo is a run itself and can be undone, which brings
 * the first one back. Of a deletion it brings the conversation back while the grace lasts. Throws `run.undone` (409) for what is
 * undone already, `run.final` (409) for retention and erasure, and `conversation.removed` (404) after the grace. Returns the id
 * of the new run; what it comes to in each cell is told by `reportRun` once it is pushed.
 */
export async function undoRun(
  deps: { db: Db; next: SyncAnnouncements },
  input: UndoInput,
): Promise<{ runId: number; records: number }> {
  return transact(deps.db, (trx) => undoRunIn(trx, deps.next, input))
}

/** The same in the caller's transaction. */
export async function undoRunIn(
  trx: Trx,
  next: SyncAnnouncements,
  input: UndoInput,
): Promise<{ runId: number; records: number }> {
  const { runId, reached } = await withdrawIn(trx, input)
  return { runId, records: await markReached(trx, next, { reached, reason: 'undo', runId }) }
}

/** What a run found that was cancelled meanwhile: it is dropped as the rest was, and where the run is undone, what counted before still does. */
export async function dropLate(trx: Trx, runId: number): Promise<void> {
  await dropHeld(trx, runId)
  if (await isUndone(trx, runId)) await resetCurrent(trx, runId)
}

type Reached = { connection: string; recordId: number }

/**
 * The part of an undo that decides what conversations say and whose they are, and notes the cells it reaches. With `only`, as
 * far as these records are concerned, for a rehearsal: the run counts as undone, but of the others nothing is moved.
 */
export async function withdrawIn(
  trx: Trx,
  input: UndoInput,
  only?: readonly number[],
): Promise<{ runId: number; reached: Reached[] }> {
  const run = await lockRun(trx, input.runId)
  if (!run) throw notFound('run', String(input.runId))
  const runId = await startRun(trx, { kind: 'undo', actor: input.actor, reason: input.reason, undoes: run.id })
  if (!(await withdrawRun(trx, run.id, runId))) {
    const message = `run ${run.id} is undone already, by run ${run.undone_by}`
    throw new AppError('run.undone', 'skip', message, { status: 409 })
  }
  const { contributions, conversations } = await withdraw(trx, run, only)
  const touched = [
    ...(await linksOf(trx, conversations)),
    ...(await restoreLinks(trx, run.id)),
    ...(await correctedLinks(trx, run.id)),
  ]
  await noteUndoneCells(trx, runId, contributions)
  await noteTouchedCells(trx, runId, touched)
  return { runId, reached: [...(await linkedRecords(trx, contributions)), ...touched] }
}

/** What an undo moves: contributions out of force or back into it, and conversations that are there again or no more. */
type Moved = { contributions: number[]; conversations: string[] }

const nothing: Moved = { contributions: [], conversations: [] }

/** What an undone run did is out of force. Of an undo, that is what it had undone: it comes back. */
async function withdraw(trx: Trx, run: Run, only?: readonly number[]): Promise<Moved> {
  if (run.kind === 'retention' || run.kind === 'erasure') throw final(run)
  if (run.kind === 'deletion') return reseal(trx, run)
  if (run.undoes !== null) return bringBack(trx, run.undoes, only)
  // What is held is not in force yet: it stays held, and still does when the run comes back.
  const contributions = await moveRun(trx, run.id, ['pending', 'current', 'superseded'], 'undone', only)
  if (!only) await resetCurrent(trx, run.id)
  return { ...nothing, contributions }
}

/** A run comes back, unless another undo of it is in force: one may have come back itself. */
async function bringBack(trx: Trx, runId: number, only?: readonly number[]): Promise<Moved> {
  const run = await reinstateRun(trx, runId)
  if (run.undone_by !== null) return nothing
  if (run.undoes !== null) {
    // An undo that is in force again undoes its run again, unless another one has done so meanwhile.
    const undone = await withdrawRun(trx, run.undoes, run.id)
    return undone ? withdraw(trx, undone, only) : nothing
  }
  if (run.kind === 'deletion') return reseal(trx, run)
  const contributions = await restoreRun(trx, run.id, only)
  if (!only) await resetCurrent(trx, run.id)
  return { ...nothing, contributions }
}

/** What a run deleted is there again, or is deleted again where the deletion comes back. */
async function reseal(trx: Trx, run: Run): Promise<Moved> {
  return { ...nothing, conversations: [await resealConversation(trx, run.id)] }
}

function final({ id, kind }: Run): AppError {
  const message = `run ${id} is ${kind === 'erasure' ? 'an erasure' : 'a retention'}: what it removed is gone for good`
  return new AppError('run.final', 'skip', message, { status: 409 })
}

/** The current analysis of a conversation is the one that the newest run not undone released. */
async function resetCurrent(trx: Trx, runId: number): Promise<void> {
  const ids = [...new Set([...(await analysedBy(trx, runId)), ...(await namedBy(trx, runId))])].sort()
  if (ids.length === 0) return
  const newest = await newestAnalyses(trx, ids)
  await setCurrent(
    trx,
    ids.map((conversationId) => ({ conversationId, analysisId: newest.get(conversationId) ?? null })),
  )
}
