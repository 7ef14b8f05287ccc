import type { CrmField, HistoryEntry, Wire } from '../../../src/crm/index.ts'

export type Entry = Omit<HistoryEntry, 'at'> & { at: string }
export type Person = {
  values: Record<string, Wire>
  history: Record<string, Entry[]>
  changedAt: string
  mergedInto?: string
}

/** A whole CRM in one JSON document. */
export type Document = { account: string; timeZone: string; fields: CrmField[]; people: Record<string, Person> }

export type RowAnswer = { outcome: 'written' | 'missing' } | { outcome: 'rejected'; field: string; reason: string }

/** Where a person lives now, after any number of merges. */
export function livingId(document: Document, id: string): string | undefined {
  const { mergedInto } = document.people[id] ?? {}
  return mergedInto === undefined ? id : livingId(document, mergedInto)
}

/** Changes a person, by anyone: an equal value leaves no trace. */
export function change(document: Document, id: string, values: Record<string, Wire>, author: Entry['author']): void {
  const person = document.people[id]
  const at = new Date().toISOString()
  for (const [field, value] of Object.entries(values)) {
    if (!person || (person.values[field] ?? null) === value) continue
    person.values[field] = value
    person.history[field] = [{ value, at, author, source: author }, ...(person.history[field] ?? [])]
    person.changedAt = at
  }
}

/** Writes what we ask for, row by row; a row with a value that its field does not take is refused for that field. */
export function writeRows(document: Document, rows: { id: string; values: Record<string, Wire> }[]): RowAnswer[] {
  return rows.map(({ id: asked, values }) => {
    const id = livingId(document, asked)
    if (id === undefined || !document.people[id]) return { outcome: 'missing' }
    const refused = Object.keys(values).find((name) => !isTaken(document.fields, name, values[name] ?? null))
    if (refused !== undefined) return { outcome: 'rejected', field: refused, reason: `${refused} does not take it` }
    change(document, id, values, 'us')
    return { outcome: 'written' }
  })
}

function isTaken(fields: CrmField[], name: string, value: Wire): boolean {
  const field = fields.find((each) => each.name === name)
  if (!field?.writable || value === null) return field?.writable ?? false
  return field.options?.includes(value) ?? (field.kind !== 'number' || !Number.isNaN(Number(value)))
}
