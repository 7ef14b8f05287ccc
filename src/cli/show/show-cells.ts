import type { BackfillReport } from '../../backfill/index.ts'
import { formatValue } from '../../mapping/index.ts'
import { table } from './table.ts'

type Cell = BackfillReport['cells'][number]

/** Per record what its fields were and are, with the decision and what decided. `nameOf` names a record for people. */
export function showCells(cells: readonly Cell[], nameOf: (externalId: string) => string): string {
  const records = [...Map.groupBy(cells, ({ connection, externalId }) => `${nameOf(externalId)} in ${connection}`)]
  return records
    .map(
      ([record, own]) =>
        `${record}\n${indent(table(['field', 'before', 'after', 'decision', 'because of'], own.map(rowOf), 34))}`,
    )
    .join('\n\n')
}

function rowOf({ field, before, after, decision }: Cell): string[] {
  const isChange = before !== after
  const reason = [decision.by, decision.why].filter((part) => part !== undefined).join(', ')
  return [field, formatValue(before), isChange ? formatValue(after) : '(unchanged)', decision.decision, reason]
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ')
}
