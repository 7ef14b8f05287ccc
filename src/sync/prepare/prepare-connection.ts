import { itemsInUse } from '../../agents/index.ts'
import { type Actor, recordEntry } from '../../audit/index.ts'
import { type Crm, type FieldDraft, type FieldMade, readSchema } from '../../crm/index.ts'
import { type Db, transact } from '../../db/index.ts'
import { activeMappings } from '../mapping-store.ts'
import { missingKeys } from './activity-keys.ts'
import { missingFields } from './missing-fields.ts'

/** What an account lacks; `made` is what came of creating it, null where nothing was tried. */
export type Preparation = { draft: FieldDraft; made: FieldMade | null }

export type PrepareDeps = { db: Db; crm: Crm; checkConnection: (connection: string) => Promise<void> }

/**
 * The fields that mapping files in force write and the account lacks, and the keys of the activities that they log; with `create` they are created, where its CRM lets an app do
 * that. Changes and removes nothing that is there, so twice is safe. Who decided it is in the audit before the first is made.
 * Throws the CRM's `AppError`; what was created until then stays, and is found the next time.
 */
export async function prepareConnection(
  deps: PrepareDeps,
  { create, actor }: { create: boolean; actor: Actor },
): Promise<Preparation[]> {
  const { db, crm } = deps
  const { connection } = crm
  await deps.checkConnection(connection)
  const drafts = await draftsFor(deps)
  if (!create || drafts.length === 0 || !crm.createField) return drafts.map((draft) => ({ draft, made: null }))
  const after = drafts.map(({ object, name, kind, isUnique }) => ({ object, name, kind, isUnique }))
  const subject = { kind: 'connection', id: connection }
  await transact(db, (trx) => recordEntry(trx, { actor, action: 'crm.prepared', subject, after }))
  const prepared: Preparation[] = []
  for (const draft of drafts) prepared.push({ draft, made: await crm.createField(draft) })
  // What is stored of the schema does not know them yet.
  for (const object of new Set(drafts.map((draft) => draft.object)))
    await readSchema({ db, crm }, object, { maxAgeMs: 0 })
  return prepared
}

async function draftsFor({ db, crm }: PrepareDeps): Promise<FieldDraft[]> {
  const mappings = (await activeMappings(db)).filter(({ connection }) => connection === crm.connection)
  const agents = await itemsInUse(db)
  const drafts: FieldDraft[] = []
  for (const [object, own] of Map.groupBy(mappings, (mapping) => mapping.object)) {
    const fields = await readSchema({ db, crm }, object, { maxAgeMs: 0 })
    drafts.push(...missingFields(object, own, fields, agents))
  }
  return [...drafts, ...(await missingKeys(crm, mappings))]
}
