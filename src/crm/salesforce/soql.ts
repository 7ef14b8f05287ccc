import { SalesforceError } from './errors.ts'
import { isId } from './ids.ts'

/** As many ids as leave a query well below the 16,000 characters of an address, with any number of mapped fields. */
export const MOST_IDS = 200

/** A field or object by its API name, of which nothing else can be made. Throws `refused` for any other text. */
export function nameIn(text: string): string {
  if (/^[A-Za-z]\w{0,79}(?:\.[A-Za-z]\w{0,79})?$/.test(text)) return text
  throw new SalesforceError('refused', `"${text}" is not the name of a Salesforce field or object`)
}

/** Each field once: to Salesforce `email` and `Email` are one, which a query must not name twice. */
export function namesOnce(fields: readonly string[]): string[] {
  return [...new Map(fields.map((field) => [field.toLowerCase(), field])).values()]
}

/** `('003…', '003…')`; what is no id is left out. */
export function idsIn(ids: readonly string[]): string {
  return listIn(ids.filter(isId))
}

export function listIn(texts: readonly string[]): string {
  return `(${texts.map(quoted).join(', ')})`
}

export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
