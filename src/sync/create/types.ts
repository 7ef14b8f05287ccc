import type { Conversation } from '../../conversations/index.ts'
import type { Wire } from '../../crm/index.ts'
import type { Creation, FieldValue, Mapping } from '../../mapping/index.ts'
import type { Vals } from '../says.ts'

export type CreatingMapping = Mapping & { create: Creation }

/** A conversation that found nobody, under a mapping that creates whom it does not find; `vals` are what it has in force. */
export type Candidate = {
  conversation: Conversation
  mapping: CreatingMapping
  vals: Vals
  /** What its analysis answered, for the texts of a new record. */
  fields: Record<string, FieldValue>
}

/** One record to be created, for all candidates of one person. `values` are what it holds beside its key. */
export type NewRecord<Of extends Candidate = Candidate> = {
  object: string
  keyField: string
  kind: Creation['by']
  /** The number (E.164) or the e-mail (lower case). */
  key: string
  values: Record<string, Wire>
  /** In the order in which they took place; the newest gives the texts. */
  candidates: Of[]
}

export function isCreating(mapping: Mapping | undefined): mapping is CreatingMapping {
  return mapping?.create !== undefined
}
