import type { Db, Trx } from '../db/index.ts'
import { selectVersionsInUse } from './version-store.ts'

/** A draft that is older than the newest version its agent has published. */
export type ForgottenDraft = {
  agentId: string
  version: number
  editedAt: Date
  published: { version: number; at: Date }
}

/**
 * Of these agents, those that a rerun asks with a draft although they have published a newer version since: whoever reruns may mean
 * the published one.
 */
export async function forgottenDrafts(db: Db | Trx, agentIds: readonly string[]): Promise<ForgottenDraft[]> {
  const versions = await selectVersionsInUse(db, agentIds)
  return versions.flatMap(({ agentId, version, publishedAt, updatedAt }) => {
    const newer = versions.find((each) => each.agentId === agentId && each.version > version)
    if (publishedAt !== null || !newer?.publishedAt) return []
    return [{ agentId, version, editedAt: updatedAt, published: { version: newer.version, at: newer.publishedAt } }]
  })
}
