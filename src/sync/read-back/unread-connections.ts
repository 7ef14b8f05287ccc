import type { Db } from '../../db/index.ts'
import { readBackAfterMs } from './read-what-landed.ts'
import { unreadFor } from './store.ts'

/** Connections of which it is time to `readWhatLanded`. */
export async function unreadConnections(db: Db): Promise<string[]> {
  return await unreadFor(db, readBackAfterMs)
}
