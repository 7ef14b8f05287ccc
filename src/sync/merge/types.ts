import type { Merge } from '../../mapping/index.ts'
import type { RecordFacts } from '../timeline/load-facts.ts'

/** A text that a cell lacks. */
export type Need = { facts: RecordFacts; field: string; merge: Merge }

/** Why a text could not be made now, and after how long it is worth another try. */
export type Hold = { why: string; retryMs: number }

/** What is known of merges, by their hashes: the texts, and what keeps others from being made. */
export type KnownMerges = { texts: Map<string, string>; held: Map<string, Hold> }

/** Makes what it can of the texts that cells lack: each of them is among the known ones afterwards, or held. */
export type MakeMerges = (needs: readonly Need[], known: KnownMerges) => Promise<void>
