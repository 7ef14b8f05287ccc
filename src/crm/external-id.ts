import { toLongId } from './salesforce/ids.ts'

/** A record's id as its CRM spells it in answers, out of any spelling that people and machines use. Pure. */
export function toExternalId(kind: string, given: string): string {
  const id = given.trim()
  return kind === 'salesforce' ? toLongId(id) : id
}
