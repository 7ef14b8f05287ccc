import { z } from 'zod'
import { type Conversation, readConversations } from '../../conversations/index.ts'
import type { Db } from '../../db/index.ts'
import { AppError } from '../../errors.ts'
import { unknownName } from '../../filters/index.ts'
import type { Mapping } from '../../mapping/index.ts'
import { type HoldersOf, loadHolders } from '../link/load-holders.ts'
import { keysOf } from '../link/match-conversation.ts'
import { activeMappings } from '../mapping-store.ts'
import { type CandidateRecord, type OpenLink, type OpenState, selectCandidates, selectOpenLinks } from './list-store.ts'

/** A key of the conversation that a candidate has or had: in which field of the CRM, and from when to when (null: open). */
type HeldKey = { kind: string; property: string; from: string | null; to: string | null }

export type OpenMatch = {
  conversationId: string
  kind: 'call' | 'chat'
  spokenAt: string
  number: string | null
  mapping: string
  connection: string
  object: string
  state: OpenState
  /** The step that found too many, or `person` where somebody said that it is nobody's. */
  step: string | null
  since: string
  /** Contributions that wait for a record. */
  waiting: number
  candidates: { record: string; name: string | null; emails: string[]; keys: HeldKey[] }[]
}

export type MatchPage = { items: OpenMatch[]; next: string | null }

export type MatchQuery = {
  connection?: string | undefined
  mapping?: string | undefined
  state?: OpenState | undefined
  after?: string
  limit?: number
}

const defaultLimit = 50

/**
 * Conversations that have no record under an active mapping: parked ones with the records they may belong to, and unmatched
 * ones; the newest first, page by page. Reads only our own index. Throws `mapping.not_found`, `connection.not_found` (404) for
 * a name that no active mapping has, and `match.bad_page` (400) for a cursor that is none of ours.
 */
export async function listMatches(db: Db, query: MatchQuery): Promise<MatchPage> {
  const { state = null, limit = defaultLimit } = query
  const mappings = chosen(await activeMappings(db), query)
  const after = query.after === undefined ? null : readCursor(query.after)
  const links = await selectOpenLinks(db, { mappings, state, after, limit: limit + 1 })
  const shown = links.slice(0, limit)
  const conversations = await readConversations(db, [...new Set(shown.map((link) => link.conversationId))])
  const records = await selectCandidates(db, [...new Set(shown.flatMap((link) => link.candidates))])
  const byMapping = new Map<string, OpenMatch>()
  for (const [name, those] of Map.groupBy(shown, (link) => link.mapping)) {
    const mapping = mappings.find((each) => each.name === name)
    if (!mapping) continue
    const spoken = those.flatMap((link) => conversations.get(link.conversationId) ?? [])
    const holdersOf = await loadHolders(db, mapping, spoken)
    for (const link of those) {
      const conversation = conversations.get(link.conversationId)
      if (conversation) byMapping.set(placeOf(link), toOpenMatch({ link, conversation, mapping, records, holdersOf }))
    }
  }
  const last = shown.at(-1)
  return {
    items: shown.flatMap((link) => byMapping.get(placeOf(link)) ?? []),
    next: links.length > limit && last ? cursorOf(last) : null,
  }
}

function chosen(active: Mapping[], { mapping, connection }: MatchQuery): Mapping[] {
  const refuse = (noun: string, name: string, known: string[]) =>
    new AppError(`${noun}.not_found`, 'skip', unknownName(noun, name, [...new Set(known)]), { status: 404 })
  const names = active.map((each) => each.name)
  if (mapping !== undefined && !names.includes(mapping)) throw refuse('mapping', mapping, names)
  const connections = active.map((each) => each.connection)
  if (connection !== undefined && !connections.includes(connection)) throw refuse('connection', connection, connections)
  return active
    .filter((each) => mapping === undefined || each.name === mapping)
    .filter((each) => connection === undefined || each.connection === connection)
}

function toOpenMatch(found: {
  link: OpenLink
  conversation: Conversation
  mapping: Mapping
  records: Map<number, CandidateRecord>
  holdersOf: HoldersOf
}): OpenMatch {
  const { link, conversation, mapping, records } = found
  const candidates = new Map(
    link.candidates.flatMap((id) => records.get(id) ?? []).map((each) => [each.recordId, each]),
  )
  return {
    conversationId: conversation.id,
    kind: conversation.kind,
    spokenAt: conversation.spokenAt.toISOString(),
    number: conversation.contactNumber,
    mapping: mapping.name,
    connection: mapping.connection,
    object: mapping.object,
    state: link.state,
    step: link.step,
    since: link.madeAt.toISOString(),
    waiting: link.waiting,
    candidates: [...candidates.values()].map((record) => ({
      record: record.externalId,
      name: record.name,
      emails: record.emails,
      keys: heldKeys(record.recordId, found),
    })),
  }
}

/** By which of the conversation's keys a record was found, and since when it has had each. */
function heldKeys(
  recordId: number,
  { conversation, mapping, holdersOf }: { conversation: Conversation; mapping: Mapping; holdersOf: HoldersOf },
): HeldKey[] {
  return mapping.match.flatMap((step) =>
    keysOf(conversation, step, mapping)
      .flatMap((key) => holdersOf(step.by, key))
      .filter((holder) => holder.recordId === recordId && (step.by !== 'number' || step.in.includes(holder.property)))
      .map(({ property, heldFrom, heldTo }) => ({
        kind: step.by,
        property,
        from: timeOf(heldFrom),
        to: timeOf(heldTo),
      })),
  )
}

function timeOf(at: number): string | null {
  return Number.isFinite(at) ? new Date(at).toISOString() : null
}

function placeOf({ conversationId, mapping }: Pick<OpenLink, 'conversationId' | 'mapping'>): string {
  return JSON.stringify([conversationId, mapping])
}

const positionSchema = z.tuple([z.string().regex(/^\d{4}-[-+:. \d]+$/), z.string().max(200), z.string().max(200)])

function cursorOf({ position, conversationId, mapping }: OpenLink): string {
  return Buffer.from(JSON.stringify([position, conversationId, mapping])).toString('base64url')
}

function readCursor(cursor: string) {
  try {
    const [position, conversationId, mapping] = positionSchema.parse(
      JSON.parse(Buffer.from(cursor, 'base64url').toString()),
    )
    return { position, conversationId, mapping }
  } catch (cause) {
    throw new AppError('match.bad_page', 'skip', 'the pagination key is none that we gave', { status: 400, cause })
  }
}
