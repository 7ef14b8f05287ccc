import { findHolders, recordsByExternalId } from '../../contacts/index.ts'
import type { Conversation } from '../../conversations/index.ts'
import type { Db } from '../../db/index.ts'
import type { Mapping } from '../../mapping/index.ts'
import { type Holder, type KeyKind, keysOf } from './match-conversation.ts'
import { recordsOfContacts } from './store.ts'

export type HoldersOf = (kind: KeyKind, key: string) => Holder[]

/** Who holds, or held, the keys that a mapping looks for in these conversations: one statement for each kind of key. */
export async function loadHolders(
  db: Db,
  mapping: Mapping,
  conversations: readonly Conversation[],
): Promise<HoldersOf> {
  const { connection, object } = mapping
  const holdersOf = async (kind: KeyKind, keys: string[]): Promise<Map<string, Holder[]>> => {
    if (kind === 'contact')
      return heldForEver(await recordsOfContacts(db, { connection, object, conversationIds: keys }))
    if (kind !== 'record_id') return findHolders(db, { connection, object, kind, keys })
    const records = await recordsByExternalId(db, { connection, object, externalIds: keys })
    return heldForEver([...records])
  }
  const found = new Map<KeyKind, Map<string, Holder[]>>()
  for (const kind of ['record_id', 'email', 'number', 'contact'] as const) {
    const steps = mapping.match.filter((step) => step.by === kind)
    const keys = [...new Set(conversations.flatMap((each) => steps.flatMap((step) => keysOf(each, step, mapping))))]
    if (keys.length > 0) found.set(kind, await holdersOf(kind, keys))
  }
  return (kind, key) => found.get(kind)?.get(key) ?? []
}

function heldForEver(records: readonly (readonly [key: string, recordId: number])[]): Map<string, Holder[]> {
  const always = { property: 'record_id', heldFrom: Number.NEGATIVE_INFINITY, heldTo: Number.POSITIVE_INFINITY }
  const byKey = Map.groupBy(records, ([key]) => key)
  return new Map([...byKey].map(([key, held]) => [key, held.map(([, recordId]) => ({ recordId, ...always }))]))
}
