import type { Db } from '../../db/index.ts'
import type { Vals } from '../says.ts'
import { contributionsOf } from '../timeline/store.ts'
import type { Candidate } from './types.ts'
import { valsInForce } from './vals-in-force.ts'

/** What candidates would have in force beside what they say now: other runs may have released something that waits for their record. */
export async function releasedBefore(
  db: Db,
  candidates: readonly Candidate[],
): Promise<(candidate: Candidate) => Vals> {
  const ids = candidates.map(({ conversation }) => conversation.id)
  const waiting = (await contributionsOf(db, [...new Set(ids)])).filter(({ state }) => state === 'pending')
  return ({ conversation, mapping, vals }) => {
    const own = waiting.filter((each) => each.conversationId === conversation.id && each.mapping === mapping.name)
    return valsInForce([...own, { runId: Number.MAX_SAFE_INTEGER, vals }])
  }
}
