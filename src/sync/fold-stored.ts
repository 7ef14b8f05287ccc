import type { Db } from '../db/index.ts'
import { type Folded, fold } from '../mapping/index.ts'
import { lookUp, nothingKnown, resolveMerges } from './merge/resolve-merges.ts'
import type { KnownMerges } from './merge/types.ts'
import { nothingReleased, saidBy } from './plan-cell.ts'
import type { RecordFacts } from './timeline/load-facts.ts'
import type { Take } from './timeline/voice-of.ts'
import { type Voices, voicesOf } from './timeline/voices.ts'

type Taking = (field: string) => Take | undefined

export type StoredFold = { voices: Voices | null; folded: Folded }

/**
 * What a cell should hold by what our own database knows, nothing read anew and no model asked, and who speaks for it.
 * `takeOf`: how the CRM takes the values of a field, where its schema is known.
 */
export async function foldStored(db: Db, field: string, facts: RecordFacts, takeOf: Taking): Promise<StoredFold> {
  const known = nothingKnown()
  const { plan } = await resolveMerges(
    { db },
    known,
    () => foldWith(known, field, facts, takeOf),
    ({ folded }) => (folded.needs ? [{ merge: folded.needs }] : []),
  )
  return plan
}

function foldWith(known: KnownMerges, field: string, facts: RecordFacts, takeOf: Taking): StoredFold {
  const voices = voicesOf(field, facts, takeOf(field))
  const sets = facts.events.filter((event) => event.field === field)
  const said = saidBy(voices, (of) => foldWith(known, of, facts, takeOf).folded)
  return { voices, folded: fold([...sets, ...said], voices?.rule ?? nothingReleased, lookUp(known)) }
}
