import { goneSince, selectForgotten } from '../../contacts/index.ts'
import type { Conversation } from '../../conversations/index.ts'
import type { Db } from '../../db/index.ts'
import type { Mapping } from '../../mapping/index.ts'
import { keysKnown } from './choose-new-records.ts'
import { isCreating } from './types.ts'

/**
 * Counts the people among conversations that found nobody whom a mapping may create a record for: of whom the key is known, and who
 * were neither erased nor deleted in the CRM since. An upper bound: what they will say is not known yet.
 */
export function countUnfound(db: Db, mapping: Mapping) {
  const keys = new Set<string>()
  return {
    async add(conversations: readonly Conversation[]): Promise<void> {
      if (!isCreating(mapping) || conversations.length === 0) return
      const { connection, object, create } = mapping
      const known = conversations.map((conversation) => {
        return { conversation, keys: keysKnown({ conversation, mapping }) }
      })
      const all = known.flatMap((each) => each.keys)
      const isForgotten = await selectForgotten(db, all)
      const gone = await goneSince(db, { connection, object, keys: all })
      for (const { conversation, keys: own } of known) {
        const key = own.find(({ kind }) => kind === create.by)
        const isGone = own.some((each) => (gone.get(`${each.kind} ${each.key}`) ?? 0) >= conversation.spokenAt)
        if (key && !isGone && !own.some(isForgotten)) keys.add(key.key)
      }
    },
    people: () => keys.size,
  }
}
