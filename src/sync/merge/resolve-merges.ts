import type { Db } from '../../db/index.ts'
import type { Merge, MergedTexts } from '../../mapping/index.ts'
import { mergedTexts } from './store.ts'
import type { KnownMerges } from './types.ts'

export function nothingKnown(): KnownMerges {
  return { texts: new Map(), held: new Map() }
}

/** The known texts, as a fold looks them up. */
export function lookUp({ texts }: KnownMerges): MergedTexts {
  return (hash) => texts.get(hash)
}

/**
 * Plans until no text is lacking that is stored or can be made: one statement for all that lack one, again for as long as
 * blocks need the text of other blocks. Without `makeMerges` only what is stored is used. Returns the last plan, and whether
 * texts were made for it, which takes time.
 */
export async function resolveMerges<Plan, Need extends { merge: Merge }>(
  deps: { db: Db; makeMerges?: ((needs: readonly Need[], known: KnownMerges) => Promise<void>) | undefined },
  known: KnownMerges,
  plan: () => Plan,
  needsOf: (plan: Plan) => Need[],
): Promise<{ plan: Plan; isMade: boolean }> {
  let isMade = false
  for (;;) {
    const planned = plan()
    const lacking = needsOf(planned).filter(({ merge }) => !known.held.has(merge.hash))
    const hashes = lacking.map(({ merge }) => merge.hash)
    const stored = await mergedTexts(deps.db, hashes)
    for (const [hash, { text }] of stored) known.texts.set(hash, text)
    const missing = lacking.filter(({ merge }) => !stored.has(merge.hash))
    if (missing.length > 0 && deps.makeMerges) {
      await deps.makeMerges(missing, known)
      isMade = true
    } else if (stored.size === 0) return { plan: planned, isMade }
  }
}
