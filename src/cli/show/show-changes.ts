import type { ItemChanges } from '../../analysis/index.ts'
import type { BackfillChanges } from '../../backfill/index.ts'
import { percent } from './percent.ts'
import { table } from './table.ts'
import { count } from './words.ts'

/** What is listed of the flips of one item; all of them are in the JSON. */
const mostFlips = 12

/** Per item what a backfill's analyses say otherwise, and how yes-or-no and choices moved. */
export function showChanges({ id, compared, isFirst, items }: BackfillChanges): string {
  const lines = [
    `backfill ${id}: ${count(compared, 'conversation')} held against the analysis before, ${isFirst} analysed for the first time`,
  ]
  if (items.length === 0) return lines.join('\n')
  const rows = items.map((each) => [
    each.item,
    percent(each.changedShare),
    ...[each.unchanged, each.changed, each.appeared, each.vanished].map(String),
    `${percent(each.nullRate.before)} → ${percent(each.nullRate.after)}`,
    each.newValues.map(({ value, conversations }) => `${value} (${conversations})`).join(', '),
  ])
  const head = ['item', 'differs', 'unchanged', 'changed', 'appeared', 'vanished', 'no value', 'new values']
  lines.push('', table(head, rows))
  for (const each of items) {
    const flips = flipLines(each)
    if (flips.length > 0) lines.push('', `${each.item}:`, ...flips)
  }
  return lines.join('\n')
}

function flipLines({ flips, otherFlips }: ItemChanges): string[] {
  const moved = flips.filter(({ from, to }) => from !== to)
  const lines = moved
    .slice(0, mostFlips)
    .map(({ from, to, conversations }) => `  ${from ?? 'no value'} → ${to ?? 'no value'}: ${conversations}`)
  const rest = moved.slice(mostFlips).reduce((sum, { conversations }) => sum + conversations, otherFlips)
  return rest > 0 ? [...lines, `  others: ${rest}`] : lines
}
