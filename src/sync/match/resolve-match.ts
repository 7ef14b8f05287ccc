import { type Actor, recordEntry, startRun } from '../../audit/index.ts'
import { type ContactsAnnouncements, findRecord, planImports } from '../../contacts/index.ts'
import { type Conversation, readConversations } from '../../conversations/index.ts'
import { accountOf, type CheckConnection, type Crm, nounOf, recordIdOf } from '../../crm/index.ts'
import { type Db, type Trx, transact } from '../../db/index.ts'
import { AppError, notFound } from '../../errors.ts'
import type { Mapping } from '../../mapping/index.ts'
import type { SyncAnnouncements } from '../announcements.ts'
import { linkConversations } from '../link/link-conversations.ts'
import { activeMappings } from '../mapping-store.ts'
import { markReached } from '../mark-reached.ts'
import { chooseMappings, invalid } from './choose-mappings.ts'
import { holdRecord, lockConversations, lockLinks, overrule, parkedOfNumber, type StandingLink } from './store.ts'

export type ResolveDeps = {
  db: Db
  crms: ReadonlyMap<string, Crm>
  checkConnection: CheckConnection
  now: () => Date
  next: SyncAnnouncements & ContactsAnnouncements
}

export type Resolution = {
  conversationId: string
  /** The CRM's id of the record, in any of its spellings; null: the conversation is nobody's. */
  record: string | null
  /** Where the mappings lead to several CRMs or objects. */
  mapping?: string | undefined
  /** Also every parked conversation of the same number. */
  allOfNumber?: boolean
  actor: Actor
  reason: string
}

export type Resolved = {
  /** null: everything stood so already, by a person's word. */
  runId: number | null
  /** How many conversations were linked, moved or unlinked. */
  conversations: number
  mappings: string[]
  /** How many records are folded again: those that gain a conversation and those that lose one. */
  records: number
}

/**
 * Says whose a conversation is, by hand: links it to a record, moves it there from another, or takes its link away. What it
 * said follows it: both records are folded again, and the one it leaves takes back what only it had said. A run of kind
 * `match`, so it can be undone; imports and reruns leave the link alone from now on. A record that our index does not know is
 * read from the CRM. Twice the same is no second run; of two at once the later one holds. Throws `conversation.not_found`,
 * `mapping.not_found`, `connection.not_found`, `record.not_found` (404), `match.invalid` (400) naming what would be right, and
 * what the CRM throws.
 */
export async function resolveMatch(deps: ResolveDeps, input: Resolution): Promise<Resolved> {
  const { db } = deps
  const conversation = (await readConversations(db, [input.conversationId])).get(input.conversationId)
  if (!conversation) throw notFound('conversation', input.conversationId)
  if (input.allOfNumber && conversation.contactNumber === null)
    throw invalid(`conversation ${conversation.id} has no number: leave out --all-of-number`)
  const active = await activeMappings(db)
  const mappings = chooseMappings(active, conversation, input)
  const known = input.record === null ? null : await recordOf(deps, active, mappings, input.record)
  return transact(db, async (trx) => {
    const recordId = known === null ? null : await holdRecord(trx, known)
    if (recordId === undefined) throw notFound('record', input.record ?? '')
    const links = await standingLinks(trx, { conversation, mappings, allOfNumber: input.allOfNumber ?? false })
    const changed = links.filter((link) => link.resolvedBy === null || link.recordId !== recordId)
    const names = mappings.map((mapping) => mapping.name)
    if (changed.length === 0) return { runId: null, conversations: 0, mappings: names, records: 0 }
    const { actor, reason } = input
    const runId = await startRun(trx, { kind: 'match', actor, reason })
    await overrule(trx, { runId, recordId, links: changed })
    await recordEntry(trx, {
      actor,
      action: 'match.resolved',
      subject: { kind: 'conversation', id: conversation.id },
      runId,
      before: changed.map((link) => ({
        conversation: link.conversationId,
        mapping: link.mapping,
        record: link.recordId,
      })),
      after: { record: recordId },
    })
    const moved = changed.flatMap(({ connection, recordId: from }) => [
      { connection, recordId: from },
      { connection, recordId },
    ])
    const records = await markReached(trx, deps.next, { reached: moved, reason: 'match', runId })
    return { runId, conversations: new Set(changed.map((link) => link.conversationId)).size, mappings: names, records }
  })
}

/** The record of our index that the CRM knows by this id. */
async function recordOf(deps: ResolveDeps, active: Mapping[], [mapping]: Mapping[], record: string): Promise<number> {
  const { crms } = deps
  if (!mapping) throw new Error('there is always a mapping')
  const { connection, object } = mapping
  const crm = crms.get(connection)
  const plan = crm && planImports(crm, active).find((each) => each.object === object)
  if (!crm || !plan) throw notFound('connection', connection)
  const id = recordIdOf(crm.kind, record)
  if ('problem' in id) throw invalid(`record ${record} ${id.problem}`)
  const found = await findRecord({ ...deps, crm }, { plan, externalId: id.id })
  if (found) return found.recordId
  const message = `there is no ${nounOf(object)} ${id.id} in ${accountOf(crm)}`
  throw new AppError('record.not_found', 'skip', message, { status: 404 })
}

/** The links to be set, locked: of the conversation whatever they are, of its number those that are parked. */
async function standingLinks(
  trx: Trx,
  { conversation, mappings, allOfNumber }: { conversation: Conversation; mappings: Mapping[]; allOfNumber: boolean },
): Promise<StandingLink[]> {
  const names = mappings.map((mapping) => mapping.name)
  const number = allOfNumber ? conversation.contactNumber : null
  const ofNumber = number === null ? [] : await parkedOfNumber(trx, number, names)
  const ids = [...new Set([conversation.id, ...ofNumber])]
  await lockConversations(trx, ids)
  for (const mapping of mappings) await linkConversations(trx, mapping, [conversation])
  const links = await lockLinks(trx, ids, names)
  return links.filter((link) => link.conversationId === conversation.id || link.state === 'parked')
}
