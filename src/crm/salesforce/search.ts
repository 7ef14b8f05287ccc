import type { SearchKey } from '../contract.ts'
import type { SalesforceClient } from './client.ts'
import { nameIn, namesOnce, quoted } from './soql.ts'
import type { WireRow } from './wire.ts'

/** More than anybody would choose among: so many have one number where it is a switchboard's. */
const MOST_HITS = 200

/**
 * What a search by one key finds. Numbers stand as they were typed, which only the search index sees through (SOSL); an e-mail is
 * asked for as it is, by a query, which lags behind nothing. Converted leads are left out.
 */
export async function searchRows(
  client: SalesforceClient,
  object: string,
  key: SearchKey,
  fields: readonly string[],
): Promise<WireRow[]> {
  const names = namesOnce(['Id', 'LastModifiedDate', ...fields]).map(nameIn)
  const isOpen = object === 'Lead' ? 'IsConverted = false' : null
  if (key.by === 'email') {
    const where = [`Email = ${quoted(key.key)}`, ...(isOpen ? [isOpen] : [])].join(' AND ')
    return client.queryAll(`SELECT ${names.join(', ')} FROM ${nameIn(object)} WHERE ${where} LIMIT ${MOST_HITS}`)
  }
  const words = [...new Set([key.national, key.key])].map(escaped).join(' OR ')
  const returning = `${nameIn(object)}(${names.join(', ')}${isOpen ? ` WHERE ${isOpen}` : ''} LIMIT ${MOST_HITS})`
  return client.search(`FIND {${words}} IN PHONE FIELDS RETURNING ${returning}`)
}

/** What SOSL would read as its own signs. @see "FIND {SearchQuery}", SOQL and SOSL reference: reserved characters */
function escaped(text: string): string {
  return text.replaceAll(/[?&|!{}[\]()^~*:\\"'+-]/g, '\\$&')
}
