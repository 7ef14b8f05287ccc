import { type Actor, recordEntry } from '../../audit/index.ts'
import { insertJob, ownConnection } from '../../contacts/index.ts'
import { transact } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { type Filter, unknownName } from '../../filters/index.ts'
import { activeMappings } from '../../sync/index.ts'
import { type ContactBackfillDeps, closeSettled } from './contact-backfill-status.ts'

export type AskedContactBackfill = {
  /** Fields of our own contacts that rules write. */
  fields: readonly string[]
  filter: Filter
  actor: Actor
}

/**
 * Asks for a backfill of contact fields: the stored analyses of the selected conversations go once more through the rules of our own
 * contacts, and no model is asked but where a field merges texts. A worker plans and starts it; one at a time. Audited. Throws 400: `contact.not_mapped` naming
 * every field that no rule writes, rather than running what writes nothing, and `contact.backfilling` while another has not ended.
 */
export async function askContactBackfill(deps: ContactBackfillDeps, asked: AskedContactBackfill): Promise<void> {
  const { fields, filter, actor } = asked
  const mappings = (await activeMappings(deps.db)).filter(({ connection }) => connection === ownConnection)
  const known = [...new Set(mappings.flatMap(({ rules }) => rules.map(({ field }) => field)))]
  const problems = fields.filter((field) => !known.includes(field)).map((field) => notMapped(field, known))
  if (problems.length > 0)
    throw new AppError('contact.not_mapped', 'skip', problems.join('; '), { status: 400, facts: { problems } })
  await closeSettled(deps)
  await transact(deps.db, async (trx) => {
    const job = await insertJob(trx, { kind: 'backfill', actor, spec: { fields: [...new Set(fields)], filter } })
    // In the source product's words.
    if (job === undefined)
      throw new AppError('contact.backfilling', 'skip', 'A backfill job is already running.', { status: 400 })
    await recordEntry(trx, {
      actor,
      action: 'contacts.backfill_asked',
      subject: { kind: 'contact_job', id: String(job.id) },
      after: { fields, filter },
    })
  })
}

function notMapped(field: string, known: readonly string[]): string {
  if (field === 'contact_memory')
    return 'backfill_attributes: contact_memory is kept as given; nothing rewrites it from conversations'
  return `backfill_attributes: ${unknownName('contact field of a rule', field, known)}`
}
