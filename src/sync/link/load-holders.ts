import { findHolders, recordsByExternalId } from '../../contacts/index.ts'
import type { Conversation } from '../../conversations/index.ts'
import type { Db } from '../../db/index.ts'
import type { Mapping } from '../../mapping/index.ts'
import { type Holder, type KeyKind, keysOf } from './match-conversation.ts'

export type HoldersOf = (kind: KeyKind, key: string) => Holder[]

/** Who holds, or held, the keys that a mapping looks for in these conversations: one statement for each kind of key. */
export async function loadHolders(
  db: Db,
  mapping: Mapping,
  conversations: readonly Conversation[],
): Promise<HoldersOf> {
  const { connection, object } = mapping
  const found = new Map<KeyKind, Map<string, Holder[]>>()
  for (const kind of ['record_id', 'email', 'number'] as const) {
    const steps = mapping.match.filter((step) => step.by === kind)
    const keys = [...new Set(conversations.flatMap((each) => steps.flatMap((step) => keysOf(each, step, mapping))))]
    if (keys.length === 0) continue
    found.set(
      kind,
      kind === 'record_id'
        ? byExternalId(await recordsByExternalId(db, { connection, object, externalIds: keys }))
        : await findHolders(db, { connection, object, kind, keys }),
    )
  }
  return (kind, key) => found.get(kind)?.get(key) ?? []
}

function byExternalId(records: Map<string, number>): Map<string, Holder[]> {
  const always = { property: 'record_id', heldFrom: Number.NEGATIVE_INFINITY, heldTo: Number.POSITIVE_INFINITY }
  return new Map([...records].map(([externalId, recordId]) => [externalId, [{ recordId, ...always }]]))
}
