import type { Wire } from '../contract.ts'
import { type Row, type Verdict, written } from '../rows.ts'
import { isReformat } from '../values/is-reformat.ts'
import type { AuthorOf } from './authors.ts'
import { SalesforceError } from './errors.ts'
import { type ReadBack, readBack } from './read-back.ts'
import type { WireRow } from './wire.ts'

/**
 * The verdicts of rows that were saved. An answer tells no values, and what was sent is not always what stands: the org trims,
 * rounds, and runs its flows. So it is read back. Where we were the last to change the record, what stands is what we sent has
 * become; where a flow in the name of the org's own process was, only a value that it has reformatted. Of everything else, as
 * where it cannot be read, nobody knows yet: what was sent has to do, and the next look tells.
 */
export async function verdictsOfSaved(reading: ReadBack, rows: readonly Row[]): Promise<[string, Verdict][]> {
  if (rows.length === 0) return []
  const records = await readBack(reading, rows)
  const held = records instanceof SalesforceError ? new Map<string, WireRow>() : records
  const authorOf = await editorsOf(reading, [...held.values()])
  return rows.map((row) => {
    const record = held.get(row.id) ?? {}
    const { author } = authorOf(record.LastModifiedById ?? '')
    const landed = Object.entries(row.values).map(([name, sent]): [string, Wire] => {
      const stands = record[name] ?? null
      const isOurs = author === 'us' || (author === 'automation' && isReformat(sent, stands))
      return [name, isOurs ? stands : sent]
    })
    return [row.id, written(row, Object.fromEntries(landed))]
  })
}

async function editorsOf({ authorsOf, counts }: ReadBack, records: WireRow[]): Promise<AuthorOf> {
  const editors = [...new Set(records.flatMap(({ LastModifiedById }) => LastModifiedById ?? []))]
  try {
    return await authorsOf(editors, () => counts && counts.read++)
  } catch (error) {
    if (error instanceof SalesforceError) return () => ({ author: 'unknown', source: '' })
    throw error
  }
}
