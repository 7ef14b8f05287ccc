import type { Analysis } from '../../analysis/index.ts'
import type { Conversation } from '../../conversations/index.ts'
import { type Crm, readSchema } from '../../crm/index.ts'
import { type Db, transact } from '../../db/index.ts'
import { AppError, type Failure } from '../../errors.ts'
import { isForAgent, type Mapping } from '../../mapping/index.ts'
import { planActivities } from '../activities/plan-activities.ts'
import type { PlannedActivity } from '../activities/types.ts'
import { isCreating } from '../create/types.ts'
import { linkConversations } from '../link/link-conversations.ts'
import { activeMappings, writePermissions } from '../mapping-store.ts'
import { planRecords } from '../plan-records.ts'
import type { Vals } from '../says.ts'
import { valsOf } from '../vals-of.ts'
import { cellsOf, type PreviewCell } from './cells-of.ts'
import { planNewRecord, type Unfound } from './plan-new-record.ts'
import { type Candidate, supposing } from './supposing.ts'

export type { PreviewCell } from './cells-of.ts'

/** What keeping a preview would do to the log of its conversation: none, where there would be nothing to do. */
export type PreviewActivity = { connection: string; externalId: string; action: 'create' | 'update' }

type Deps = { db: Db; crms: Map<string, Crm>; now: () => Date }

/**
 * Plans what would follow if an analysis were kept now: reads the CRMs, folds every cell as if it were released by the newest run
 * under the active rules, and writes nothing, here or there, but the links of a mapping that has not looked yet. A CRM that
 * cannot be read is told instead of its cells.
 */
export async function planCandidate(
  deps: Deps,
  conversation: Conversation,
  analysis: Analysis,
): Promise<{ cells: PreviewCell[]; activities: PreviewActivity[]; failures: Record<string, Failure> }> {
  const mappings = await activeMappings(deps.db)
  const reached = await reach(deps.db, mappings, conversation, analysis)
  const cells = reached.unlinked.flatMap(({ mapping, vals, decision }) => unlinkedCells(mapping, vals, decision))
  const activities: PreviewActivity[] = []
  const failures: Record<string, Failure> = {}
  for (const [connection, candidates] of Map.groupBy(reached.candidates, (each) => each.mapping.connection)) {
    try {
      const planned = await planConnection(deps, connection, candidates, mappings)
      cells.push(...planned.cells)
      activities.push(...planned.activities)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      failures[connection] = { failed: { code: error.code, message: error.message } }
    }
  }
  for (const each of reached.unfound) {
    const { connection } = each.mapping
    try {
      cells.push(
        ...((await planNewRecord(deps, each, mappings)) ?? unlinkedCells(each.mapping, each.vals, 'no_record')),
      )
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      failures[connection] = { failed: { code: error.code, message: error.message } }
    }
  }
  return { cells, activities, failures }
}

function unlinkedCells({ connection }: Mapping, vals: Vals, kind: 'no_record' | 'ambiguous'): PreviewCell[] {
  return Object.entries(vals).flatMap(([field, { says, rule }]): PreviewCell[] => {
    if (says === 'silent') return []
    return [{ connection, externalId: null, field, before: null, after: null, decision: { decision: kind, rule } }]
  })
}

/** What the analysis says to each mapping, and to whose record: cells of its own where there is none. */
async function reach(db: Db, mappings: Mapping[], conversation: Conversation, analysis: Analysis) {
  const candidates: Candidate[] = []
  const unlinked: { mapping: Mapping; vals: Vals; decision: 'no_record' | 'ambiguous' }[] = []
  const unfound: Unfound[] = []
  await transact(db, async (trx) => {
    for (const mapping of mappings) {
      if (!isForAgent(mapping, conversation.agentId)) continue
      const vals = valsOf(mapping, mappings, conversation, analysis)
      const match = (await linkConversations(trx, mapping, [conversation])).get(conversation.id)
      if (match?.state === 'matched') {
        candidates.push({ mapping, vals, recordId: match.recordId, conversation, analysis })
        continue
      }
      const decision = match?.state === 'parked' ? 'ambiguous' : 'no_record'
      const isOpen = match?.state === 'none' && match.step !== 'person'
      if (isOpen && isCreating(mapping))
        unfound.push({
          conversation,
          mapping,
          vals,
          fields: analysis.outcome === 'ok' ? analysis.fields : {},
          analysis,
        })
      else unlinked.push({ mapping, vals, decision })
    }
  })
  return { candidates, unlinked, unfound }
}

async function planConnection(
  { db, crms, now }: Deps,
  connection: string,
  candidates: Candidate[],
  mappings: readonly Mapping[],
) {
  const crm = crms.get(connection)
  if (!crm) throw new AppError('crm.unknown', 'skip', `no connection ${connection} is configured`)
  const mayWrite = await writePermissions(db)
  const cells: PreviewCell[] = []
  const activities: PreviewActivity[] = []
  for (const [object, ofObject] of Map.groupBy(candidates, (each) => each.mapping.object)) {
    const fields = await readSchema({ db, crm }, object, { maxAgeMs: 60_000 })
    const suppose = supposing(ofObject, mappings)
    const recordIds = [...new Set(ofObject.map((each) => each.recordId))]
    const counts = { read: 0, history: 0, write: 0 }
    const planned = await planRecords({ db, crm, fields, mayWrite, now, suppose }, object, recordIds, counts)
    cells.push(...planned.flatMap((record) => cellsOf(connection, record)))
    const living = planned.flatMap(({ reading, facts }) => (reading ? [facts] : []))
    const logged = await planActivities({ db, connection, mayWrite, now }, living)
    for (const { externalId, recordId } of living)
      activities.push(...activitiesOf(ofObject, connection, externalId, logged.get(recordId) ?? []))
  }
  return { cells, activities }
}

function activitiesOf(
  candidates: readonly Candidate[],
  connection: string,
  externalId: string,
  planned: readonly PlannedActivity[],
): PreviewActivity[] {
  const own = new Set(candidates.map(({ conversation }) => conversation.id))
  return planned.flatMap(({ action, conversationId, draft, isObserved }) => {
    if (isObserved || action === 'refused' || draft === null || !own.has(conversationId ?? '')) return []
    return [{ connection, externalId, action: action === 'create' || action === 'wait' ? 'create' : 'update' }]
  })
}
