import type { CrmField } from '../../crm/index.ts'
import type { Value } from '../../mapping/index.ts'
import { toE164 } from '../numbers.ts'
import { takeValues } from '../take-values.ts'
import type { ImportSpec } from './import-spec.ts'
import { type CsvRow, cellText } from './read-csv.ts'

/** What a row says of a person. What its cells leave empty it does not say. */
export type ReadRow = { line: number; number: string; fields: Record<string, Value>; memory?: string }

const flags: ReadonlyMap<string, string> = new Map([
  ['yes', 'true'],
  ['y', 'true'],
  ['1', 'true'],
  ['no', 'false'],
  ['n', 'false'],
  ['0', 'false'],
])

/** A row as what it says, or what is wrong with it, by column and without what the cells hold. Pure. */
export function readRow(
  row: CsvRow,
  spec: Pick<ImportSpec, 'columns' | 'defaultCountry'>,
  schema: ReadonlyMap<string, CrmField>,
): ReadRow | { line: number; message: string } {
  const { line } = row
  if ('problem' in row) return { line, message: row.problem }
  const cells = spec.columns.map(({ field, place }): [string, string] => [field, cellText(row.cells[place])])
  const filled = new Map(cells.filter(([, text]) => text !== ''))
  const number = numberIn(filled.get('phone_number') ?? '', spec.defaultCountry)
  if (number === null) return { line, message: 'phone_number: no number can be read' }
  const memory = filled.get('contact_memory')
  filled.delete('phone_number')
  filled.delete('contact_memory')
  const given = [...filled].map(([field, text]): [string, string] => {
    const isFlag = schema.get(field)?.kind === 'boolean'
    return [field, isFlag ? (flags.get(text.toLowerCase()) ?? text) : text]
  })
  const { taken, problems } = takeValues(schema, Object.fromEntries(given))
  if (memory !== undefined && memory.length > 2_000) problems.push('contact_memory: longer than 2000 characters')
  if (problems.length > 0) return { line, message: problems.join('; ') }
  return { line, number, fields: taken, ...(memory !== undefined && { memory }) }
}

/** A spreadsheet that took a number for one writes 1.41556E+10: what it was cannot be told. */
function numberIn(text: string, defaultCountry: string): string | null {
  return /\d[eE][+-]?\d/.test(text) ? null : toE164(text, defaultCountry)
}
