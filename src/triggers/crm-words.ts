import { toExternalId } from '../crm/index.ts'

/** What a kind of CRM calls itself, and how it spells the ids of records and the names of objects. */
type CrmWords = {
  name: string
  /** What an id looks like, for whoever gave another. */
  ids: string
  /** The id in the one spelling that our index has, or null where it is none. */
  idOf(text: string): string | null
  /** The object that an id belongs to, where it tells. */
  objectOf(id: string): string | undefined
  /** Another spelling of an object than its name, its singular, or either in capitals. */
  aliases: Record<string, string>
}

/** Of the kinds that have more to them than a plain text. Knows nothing of triggers: it may move to where the CRMs are. */
const kinds: Record<string, CrmWords> = {
  hubspot: {
    name: 'HubSpot',
    ids: 'which are digits only',
    idOf: (text) => (/^[1-9]\d{0,19}$/.test(text) ? text : null),
    objectOf: () => undefined,
    aliases: { '0-1': 'contacts' },
  },
  salesforce: {
    name: 'Salesforce',
    ids: 'which are 15 or 18 letters and digits',
    idOf: longId,
    objectOf: (id) => ({ '003': 'Contact', '00Q': 'Lead' })[id.slice(0, 3)],
    aliases: {},
  },
}

function wordsOf(kind: string): CrmWords {
  const plain = { name: kind, ids: 'which are no blank text', objectOf: () => undefined, aliases: {} }
  return kinds[kind] ?? { ...plain, idOf: (text) => text || null }
}

/** `HubSpot account main`. */
export function accountOf({ kind, connection }: { kind: string; connection: string }): string {
  return `${wordsOf(kind).name} account ${connection}`
}

/** The id of a record in the spelling of our index, or why it is none. Pure. */
export function recordIdOf(kind: string, text: string): { id: string } | { problem: string } {
  const { name, ids, idOf } = wordsOf(kind)
  const id = idOf(text.trim())
  return id === null ? { problem: `is none of ${name}'s record ids, ${ids}` } : { id }
}

/**
 * Which of the objects that a connection's mappings write to is meant: by its name in any spelling, else by the id where that
 * tells, else the only one. Null where none fits or several might. Pure.
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

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'

/**
 * The 18 characters of an id of 15 or 18: the last three tell, five bits each, which of the others are capitals. So an id that
 * somebody's spreadsheet has put into one case is whole again.
 */
function longId(id: string): string | null {
  if (/^[A-Za-z\d]{15}$/.test(id)) return toExternalId('salesforce', id)
  if (!/^[A-Za-z\d]{15}[A-Za-z0-5]{3}$/.test(id)) return null
  const suffix = id.slice(15).toUpperCase()
  const cased = [...id.slice(0, 15)].map((char, place) => {
    const bits = base32.indexOf(suffix.charAt(Math.floor(place / 5)))
    return (bits >> (place % 5)) & 1 ? char.toUpperCase() : char.toLowerCase()
  })
  const whole = toExternalId('salesforce', cased.join(''))
  return whole.endsWith(suffix) ? whole : null
}
