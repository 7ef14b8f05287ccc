import type { Crm } from '../crm/index.ts'

/** The Salesforce objects that a record's first three characters tell. */
const salesforcePrefixes: Record<string, string> = { '003': 'Contact', '00Q': 'Lead' }
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'

/**
 * The id of a record in the one spelling that our index has, or null where it is none of this CRM. HubSpot's are digits.
 * Salesforce's come in 15 characters or in 18, of which the last three hold the case of the others: both are the 18, also
 * where somebody's spreadsheet has lost the case. Pure; knows nothing of triggers and may move to where the CRMs are.
 */
export function recordIdOf(kind: Crm['kind'], text: string): string | null {
  const id = text.trim()
  if (kind === 'hubspot') return /^[1-9]\d{0,19}$/.test(id) ? id : null
  if (/^[A-Za-z\d]{15}$/.test(id)) return id + suffixOf(id)
  if (!/^[A-Za-z\d]{15}[A-Za-z0-5]{3}$/.test(id)) return null
  const suffix = id.slice(15).toUpperCase()
  const cased = [...id.slice(0, 15)].map((char, index) => {
    const bits = base32.indexOf(suffix.charAt(Math.floor(index / 5)))
    return (bits >> (index % 5)) & 1 ? char.toUpperCase() : char.toLowerCase()
  })
  const whole = cased.join('') + suffix
  return suffixOf(whole) === suffix ? whole : null
}

function suffixOf(id: string): string {
  return [0, 5, 10]
    .map((start) => {
      const bits = [...id.slice(start, start + 5)].map((char, place) => (/[A-Z]/.test(char) ? 1 << place : 0))
      return base32.charAt(bits.reduce((sum, bit) => sum + bit, 0))
    })
    .join('')
}

/**
 * Which of the objects that a connection's mappings write to is meant: by its name in any spelling (`0-1`, `CONTACT`,
 * `contacts`), else by the id where that tells, else the only one. Null where none fits or several might. Pure.
 */
export function objectOf(
  kind: Crm['kind'],
  objects: readonly string[],
  { object, recordId }: { object: string | null; recordId: string },
): string | null {
  if (object !== null) return objects.find((each) => isSame(each, object)) ?? null
  const told = kind === 'salesforce' ? salesforcePrefixes[recordId.slice(0, 3)] : undefined
  if (told !== undefined) return objects.find((each) => isSame(each, told)) ?? null
  return objects.length === 1 ? (objects[0] ?? null) : null
}

function isSame(one: string, other: string): boolean {
  return plainName(one) === plainName(other)
}

/** `0-1` is HubSpot's number for contacts. */
function plainName(object: string): string {
  return object.trim() === '0-1' ? 'contact' : object.trim().toLowerCase().replace(/s$/, '')
}
