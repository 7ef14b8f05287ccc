import type { Analysis } from '../../analysis/index.ts'
import { startRun } from '../../audit/index.ts'
import { isImported } from '../../contacts/index.ts'
import { type Crm, readSchema } from '../../crm/index.ts'
import { type Db, rehearse } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import type { Mapping } from '../../mapping/index.ts'
import { chooseNewRecords } from '../create/choose-new-records.ts'
import { crmWith, imagineRecords } from '../create/imagine-records.ts'
import { releasedBefore } from '../create/released-before.ts'
import type { Candidate } from '../create/types.ts'
import { writePermissions } from '../mapping-store.ts'
import { planFacts } from '../plan-records.ts'
import { loadFacts } from '../timeline/load-facts.ts'
import { cellsOf, type PreviewCell } from './cells-of.ts'
import { supposing } from './supposing.ts'

/** A conversation that found nobody, under a mapping that creates, with the analysis that would be kept. */
export type Unfound = Candidate & { analysis: Analysis }

/**
 * The cells of the record that would be created if an analysis were kept, as if it were there; null where none would be. Writes
 * nothing. Throws what the CRM throws.
 */
export async function planNewRecord(
  { db, crms, now }: { db: Db; crms: Map<string, Crm>; now: () => Date },
  { analysis, ...unfound }: Unfound,
  mappings: readonly Mapping[],
): Promise<PreviewCell[] | null> {
  const { mapping, conversation, vals } = unfound
  const { connection, object } = mapping
  const crm = crms.get(connection)
  if (!crm) throw new AppError('crm.unknown', 'skip', `no connection ${connection} is configured`)
  if (!crm.create || !(await isImported(db, { connection, object }))) return null
  const fields = await readSchema({ db, crm }, object, { maxAgeMs: 60_000 })
  const mayWrite = await writePermissions(db)
  const candidate = { ...unfound, vals: (await releasedBefore(db, [unfound]))(unfound) }
  const [record] = await chooseNewRecords({ db, crm, fields, mayWrite }, object, [candidate])
  if (!record) return null
  const { facts, imagined } = await rehearse(db, async (trx) => {
    const actor = { kind: 'system', name: 'preview' } as const
    const runId = await startRun(trx, { kind: 'rerun', actor, reason: 'preview' })
    const imagined = await imagineRecords(trx, connection, [record], runId)
    const facts = await loadFacts(
      trx,
      imagined.map(({ recordId }) => recordId),
    )
    return { facts, imagined }
  })
  const supposed = facts.map((each) =>
    supposing([{ mapping, vals, conversation, analysis, recordId: each.recordId }], mappings)(each),
  )
  const deps = { db, crm: crmWith(crm, imagined, now), fields, mayWrite, now }
  const planned = await planFacts(deps, object, supposed, { read: 0, history: 0, write: 0 })
  return planned.flatMap((each) =>
    cellsOf(connection, each).map((cell) => ({ ...cell, externalId: null, isNew: true as const })),
  )
}
