import { type ContactsAnnouncements, type ImportPlan, lookUp } from '../../contacts/index.ts'
import type { Crm } from '../../crm/index.ts'
import type { Db } from '../../db/index.ts'
import { priorities } from '../marks.ts'
import { keysKnown } from './choose-new-records.ts'
import type { MarkedCandidate } from './load-candidates.ts'

type Deps = { db: Db; crm: Crm; now: () => Date; next: ContactsAnnouncements }

/**
 * Lets the CRM search once more for whom a live conversation, or a rerun, is about to have created: somebody may have been put there since
 * the last import. Of a backfill imports have seen who is there; searches are few. Returns those whom nobody has been found for; the
 * others keep their marks, and find their record when these are looked at again.
 */
export async function lookUpFirst(
  deps: Deps,
  plan: ImportPlan,
  candidates: readonly MarkedCandidate[],
): Promise<MarkedCandidate[]> {
  const open: MarkedCandidate[] = []
  const searched = new Map<string, boolean>()
  for (const candidate of candidates) {
    const keys = candidate.mark.priority > priorities.background ? keysKnown(candidate) : []
    let isFound = false
    for (const { kind, key } of keys) {
      const name = `${kind} ${key}`
      const found = searched.get(name) ?? (await lookUp(deps, { plan, kind, key, isUrgent: true })) > 0
      searched.set(name, found)
      isFound ||= found
    }
    if (!isFound) open.push(candidate)
  }
  return open
}
