import { fieldsById } from '../analysis/index.ts'
import { recordEntry } from '../audit/index.ts'
import { type Db, transact } from '../db/index.ts'
import { AppError } from '../errors.ts'
import { analysesAround, makePlan, openPlan, type PlanDeps } from '../sync/index.ts'
import type { BackfillAnnouncements } from './announcements.ts'
import { type Canary, type CanaryRates, crossings } from './canary.ts'
import { canaryPages, endCanary, openInCanary } from './canary-store.ts'
import { releaseComplete } from './release-complete.ts'
import { runOf } from './run-of.ts'
import { discardPlan } from './store.ts'
import { tallyCanary } from './tally-canary.ts'
import type { Backfill } from './types.ts'

export type JudgeDeps = PlanDeps & { next: BackfillAnnouncements }

const actor = { kind: 'system', name: 'backfill' } as const

/**
 * Decides on a canary whose conversations are all worked on: the backfill goes on by itself where it was told to and no threshold is
 * crossed, else it is stopped, with the reason in words and an exact plan of what the canary would write. Where the CRMs cannot be
 * read, the reason says that there is no such plan. Returns whether more is to do; undefined where no canary holds the backfill.
 */
export async function judgeCanary(
  deps: JudgeDeps,
  backfill: Backfill,
  signal?: AbortSignal,
): Promise<{ more: boolean } | undefined> {
  const { id, runId, state, canary } = backfill
  if (runId === null || !canary || canary.passedAt) return undefined
  // Paused or cancelled meanwhile: somebody else decides.
  if (state !== 'running') return { more: false }
  const { open, claimed } = await openInCanary(deps.db, id, canary.until)
  if (open + claimed > 0) return { more: open > 0 }
  const rates = await measure(deps.db, { id, runId, until: canary.until })
  const crossed = crossings(rates, canary)
  const passes = crossed.length === 0 && canary.goOn === 'by_itself'
  const plan = passes ? { planId: null, failed: [] } : await planCanary(deps, backfill, canary.until, signal)
  const why = passes ? null : [crossed.length > 0 ? crossed.join('; ') : asked(rates), ...plan.failed].join('; ')
  const ended = await transact(deps.db, async (trx) => {
    if (!(await endCanary(trx, id, { rates, why, planId: plan.planId }))) return false
    const subject = { kind: 'backfill', id: String(id) }
    const action = passes ? 'backfill.canary_passed' : 'backfill.stopped'
    await recordEntry(trx, { actor, action, subject, after: { ...(why !== null && { why }), rates } })
    if (!passes) return true
    await releaseComplete(trx, deps.next, { backfillId: id, runId })
    await deps.next.backfillRuns(trx, id)
    return true
  })
  if (!ended && plan.planId !== null) await discardPlan(deps.db, plan.planId)
  return { more: passes || !ended }
}

function asked({ contacts }: CanaryRates): string {
  return `${contacts} contacts are analysed and no threshold is crossed; it was told to ask before it goes on`
}

/** Each conversation's newest answers, held against those that counted before. */
async function measure(db: Db, { id, runId, until }: { id: number; runId: number } & { until: number }) {
  const tally = tallyCanary()
  for await (const page of canaryPages(db, id, until)) {
    const found = await analysesAround(
      db,
      runId,
      page.map((item) => item.conversationId),
    )
    const ids = found.flatMap(({ beforeId, afterId }) => (beforeId === null ? [afterId] : [beforeId, afterId]))
    const fields = await fieldsById(db, ids)
    const around = new Map(found.map((each) => [each.conversationId, each]))
    for (const { conversationId, contactKey, outcome } of page) {
      const { beforeId = null, afterId = null } = around.get(conversationId) ?? {}
      const [before, after] = [beforeId, afterId].map((each) => (each === null ? undefined : fields.get(each)))
      tally.add({ contactKey, outcome: outcome ?? 'skipped', before, after })
    }
  }
  return tally.rates()
}

/** What releasing the canary would write, exactly; nobody waits for a CRM that is down. */
async function planCanary(deps: JudgeDeps, backfill: Backfill, until: number, signal?: AbortSignal) {
  const { id, reason, frozen, fields } = backfill
  const planId = await transact(deps.db, openPlan)
  const run = { kind: 'backfill' as const, actor, ...runOf({ reason, frozen, fields }) }
  try {
    await makePlan(deps, { id: planId, run, conversations: idsOf(canaryPages(deps.db, id, until)) }, signal)
    return { planId, failed: [] }
  } catch (error) {
    await discardPlan(deps.db, planId)
    if (signal?.aborted || !(error instanceof AppError)) throw error
    return { planId: null, failed: [`what it would write is not planned: ${error.message}`] }
  }
}

async function* idsOf(pages: ReturnType<typeof canaryPages>): AsyncGenerator<string[]> {
  for await (const page of pages) yield page.map((item) => item.conversationId)
}

/** Whether a backfill holds all it has found, because its canary has not passed. */
export function isInCanary({ canary }: { canary: (Canary & { passedAt: Date | null }) | null }): boolean {
  return canary !== null && canary.passedAt === null
}
