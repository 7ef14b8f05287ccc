import { hubspotWords } from './hubspot/words.ts'
import { salesforceWords } from './salesforce/words.ts'

/** What a kind of CRM calls itself, and how it spells the ids of records and the names of objects. All pure. */
export type CrmWords = {
  name: string
  /** What an id looks like, for whoever gave another. */
  ids: string
  /** The id in the one spelling that its answers have, or null where it is none. */
  idOf(text: string): string | null
  /** The object that an id belongs to, where it tells. */
  objectOf(id: string): string | undefined
  /** Another spelling of an object than its name, its singular, or either in capitals. */
  aliases: Record<string, string>
  /** What a field that the account makes itself is called, out of words such as `last_summary`; these in lower case unless told. */
  ownFieldName?(words: string): string
}

/** Of the kinds that have more to them than a plain text. */
const known = new Map<string, CrmWords>([
  ['hubspot', hubspotWords],
  ['salesforce', salesforceWords],
])

function wordsOf(kind: string): CrmWords {
  const plain = {
    name: kind,
    ids: 'which are no blank text',
    objectOf: () => undefined,
    aliases: {},
  }
  return known.get(kind) ?? { ...plain, idOf: (text) => text || null }
}

/** `HubSpot account main`. */
export function accountOf({ kind, connection }: { kind: string; connection: string }): string {
  return `${wordsOf(kind).name} account ${connection}`
}

/** The id of a record in the spelling of our index, or why it is none. */
export function recordIdOf(kind: string, text: string): { id: string } | { problem: string } {
  const { name, ids, idOf } = wordsOf(kind)
  const id = idOf(text.trim())
  return id === null ? { problem: `is none of ${name}'s record ids, ${ids}` } : { id }
}

/** An id in the spelling of our index; what is none stays what it is, and is found nowhere. */
export function toExternalId(kind: string, text: string): string {
  return wordsOf(kind).idOf(text.trim()) ?? text.trim()
}

/**
 * Which of the objects that a connection's mappings write to is meant: by its name in any spelling, else by the id where that
 * tells, else the only one. Null where none fits or several might.
 */
export function objectOf(
  kind: string,
  objects: readonly string[],
  { object, recordId }: { object: string | null; recordId: string },
): string | null {
  const words = wordsOf(kind)
  const told = object === null ? words.objectOf(recordId) : (words.aliases[object.trim()] ?? object.trim())
  if (told !== undefined) return objects.find((each) => nounOf(each) === nounOf(told)) ?? null
  return objects.length === 1 ? (objects[0] ?? null) : null
}

/** `contact`, `lead`: one record of an object. */
export function nounOf(object: string): string {
  return object.toLowerCase().replace(/s$/, '')
}

/** What a field of our own making would be called in such a CRM: `last_summary`, `Last_Summary__c`. */
export function ownFieldName(kind: string, words: string): string {
  const inLowerCase = words.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')
  return wordsOf(kind).ownFieldName?.(words) ?? inLowerCase
}
