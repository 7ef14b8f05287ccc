import type { Db } from '../../db/index.ts'
import { dayHold } from '../../limits/index.ts'
import { readBackAfterMs } from './read-what-landed.ts'
import { unreadFor } from './store.ts'

/** Connections of which it is time to `readWhatLanded`, but for those whose day of calls is used up, or kept for others. */
export async function unreadConnections(deps: { db: Db; now: () => Date }): Promise<string[]> {
  const unread = await unreadFor(deps.db, readBackAfterMs)
  const free = await Promise.all(unread.map(async (name) => ((await dayHold(deps, name)) === null ? [name] : [])))
  return free.flat()
}
