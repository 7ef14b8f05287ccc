import { toCsv } from './csv.ts'
import type { BackfillReport } from './report-backfill.ts'
import type { BackfillChanges } from './report-changes.ts'

const cellHead = ['connection', 'record', 'field', 'before', 'after', 'decision', 'by', 'why', 'code']

/** Every cell that a backfill looked at, a row each. Pure. */
export function reportAsCsv({ cells }: Pick<BackfillReport, 'cells'>): string {
  const rows = cells.map(({ connection, externalId, field, before, after, decision: { decision, by, why, code } }) => [
    ...[connection, externalId, field, before, after, decision],
    ...[by ?? null, why ?? null, code ?? null],
  ])
  return toCsv(cellHead, rows)
}

const changesHead = ['item', 'what', 'from', 'to', 'conversations']

/** What the analyses of a backfill say otherwise: per item how many are unchanged, changed, appeared and vanished, then its flips. Pure. */
export function changesAsCsv({ items }: BackfillChanges): string {
  const rows = items.flatMap((each) => [
    ...(['unchanged', 'changed', 'appeared', 'vanished'] as const).map((what) => [
      each.item,
      what,
      null,
      null,
      each[what],
    ]),
    ...each.flips.map(({ from, to, conversations }) => [each.item, 'flip', word(from), word(to), conversations]),
    ...(each.otherFlips > 0 ? [[each.item, 'other flips', null, null, each.otherFlips]] : []),
  ])
  return toCsv(changesHead, rows)
}

function word(value: string | boolean | null): string | null {
  return value === null ? null : String(value)
}
