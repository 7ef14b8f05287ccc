import { type Folded, fold } from '../mapping/index.ts'
import { nothingReleased, saidBy } from './plan-cell.ts'
import type { RecordFacts } from './timeline/load-facts.ts'
import { type Take, type Voices, voicesOf } from './timeline/voices.ts'

/**
 * What a cell should hold by what our own database knows, nothing read anew, and who speaks for it. Pure. `takeOf`: how the
 * CRM takes the values of a field, where its schema is known.
 */
export function foldStored(
  field: string,
  facts: RecordFacts,
  takeOf: (field: string) => Take | undefined,
): { voices: Voices | null; folded: Folded } {
  const voices = voicesOf(field, facts, takeOf(field))
  const sets = facts.events.filter((event) => event.field === field)
  const said = saidBy(voices, (of) => foldStored(of, facts, takeOf).folded)
  return { voices, folded: fold([...sets, ...said], voices?.rule ?? nothingReleased) }
}
