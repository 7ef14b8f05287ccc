import type { Trx } from '../../db/index.ts'
import { mappingsOfRuns } from '../mapping-store.ts'
import { priorities } from '../marks.ts'
import { markCreations } from './store.ts'

/** Marks those of these conversations of a run that its mappings are to create a record for: what was held is released. Twice is safe. */
export async function markUnfound(
  trx: Trx,
  runId: number,
  conversationIds: string[],
  priority: number = priorities.background,
): Promise<void> {
  const mappings = (await mappingsOfRuns(trx, [runId])).get(runId) ?? []
  const creating = mappings.flatMap((mapping) => (mapping.create ? [mapping.name] : []))
  await markCreations(trx, { runIds: [runId], conversationIds, creating, priority })
}
