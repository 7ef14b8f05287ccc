import type { HttpRequest } from '../http.ts'
import type { Answer } from '../request-log.ts'
import { isRecordObject } from './objects/index.ts'
import type { Org } from './org.ts'
import { objectOf, recordsOf, type SalesRecord } from './records.ts'
import { Refusal } from './refusals.ts'
import { renderRow } from './soql/columns.ts'
import { runQuery } from './soql/query.ts'

const MOST_HITS = 2_000
const LONGEST = 10_000
/** Longer searches lose their operators (crm.md 4.6). */
const LONGEST_WITH_OPERATORS = 4_000
const FORM = /^FIND \{((?:[^{}\\]|\\.)*)\} IN PHONE FIELDS RETURNING (\w+)\(([^()]*)\)$/i
/** Signs of the search language, which a term has to escape. @see SOQL and SOSL reference, "FIND {SearchQuery}" */
const RESERVED = /(?<!\\)[?&|!{}[\]()^~*:"'+-]/

/**
 * SOSL over the phone fields of one object: `FIND {4155550100 OR …} IN PHONE FIELDS RETURNING Contact(Id, Phone WHERE … LIMIT …)`. The
 * index is some seconds behind, and the condition is applied to what it has found.
 */
export function search(org: Org, { query, params }: HttpRequest): Answer {
  const text = query.get('q')?.trim() ?? ''
  const [, words = '', type = '', returned = ''] = FORM.exec(text) ?? []
  if (words === '' || text.length > LONGEST)
    throw malformedSearch('No search term found, or a clause that is not known')
  const object = objectOf(org, type)
  if (!object || !isRecordObject(object.name))
    throw new Refusal(400, 'INVALID_TYPE', `sObject type '${type}' is not supported.`)
  const [, fields = '', rest = ''] = /^(.*?)(?:\s+((?:WHERE|LIMIT)\s.*))?$/i.exec(returned.trim()) ?? []
  const found = runQuery(org, `SELECT ${fields} FROM ${object.name} ${rest}`, { all: false })
  const terms = termsOf(words)
  const ids = new Set(
    recordsOf(org, object.name)
      .filter((record) => terms.some((term) => hasPhone(org, record, term)))
      .slice(0, MOST_HITS)
      .map(({ id }) => id),
  )
  const rows = found.rows.filter(({ id }) => ids.has(id))
  const searchRecords = rows.map((row) => renderRow(org, params.version ?? '', row, found.columns))
  return { status: 200, body: { searchRecords }, rows: rows.length }
}

function termsOf(words: string): string[] {
  const terms = words.length > LONGEST_WITH_OPERATORS ? [words] : words.split(/ OR /)
  for (const term of terms)
    if (RESERVED.test(term)) throw malformedSearch(`a reserved character is not escaped: ${term}`)
  return terms.map((term) => digitsOf(term.replaceAll('\\', '')))
}

/** A phone stands in the index by its digits, in the state of some seconds ago. */
function hasPhone(org: Org, record: SalesRecord, term: string): boolean {
  const indexedAt = org.clock() - org.settings.searchLagMs
  const phones = [...(objectOf(org, record.object)?.fields.values() ?? [])].filter(({ type }) => type === 'phone')
  return phones.some(({ name }) => {
    const held = record.values.get(name)?.findLast(({ at }) => at <= indexedAt)?.value
    const digits = digitsOf(String(held ?? ''))
    return term.length >= 2 && (digits === term || digits.endsWith(term))
  })
}

function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '')
}

function malformedSearch(message: string): Refusal {
  return new Refusal(400, 'MALFORMED_SEARCH', message)
}
