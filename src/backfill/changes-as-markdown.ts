import { markdownTable } from './markdown.ts'
import type { BackfillChanges } from './report-changes.ts'

type Changed = BackfillChanges['items'][number]
/** A wider matrix is no help; all pairs are in the CSV and the JSON. */
const widest = 12

/** What the analyses of a backfill say otherwise: counts per item, and a matrix of how yes-or-no and choices moved. Pure. */
export function changesAsMarkdown({ compared, isFirst, items }: BackfillChanges): string[] {
  if (items.length === 0) return []
  const rows = items.map((each) => [
    each.item,
    percent(each.changedShare),
    ...[each.unchanged, each.changed, each.appeared, each.vanished],
    `${percent(each.nullRate.before)} → ${percent(each.nullRate.after)}`,
    each.newValues.map(({ value, conversations }) => `${value} (${conversations})`).join(', '),
  ])
  const head = ['item', 'differs', 'unchanged', 'changed', 'appeared', 'vanished', 'no value', 'new values']
  return [
    '## What the analyses say otherwise',
    `${compared} conversations held against the analysis before, ${isFirst} analysed for the first time.`,
    markdownTable(head, rows),
    ...items.flatMap(matrixOf),
  ]
}

/** Before down, after across. */
function matrixOf(changed: Changed): string[] {
  const { flips, otherFlips } = changed
  if (flips.length === 0) return []
  const all = [...new Set(flips.flatMap(({ from, to }) => [word(from), word(to)]))]
  const words = all.slice(0, widest)
  const count = new Map(flips.map(({ from, to, conversations }) => [`${word(from)}\n${word(to)}`, conversations]))
  const rows = words.map((from) => [from, ...words.map((to) => count.get(`${from}\n${to}`) ?? 0)])
  const shown = rows.flatMap(([, ...own]) => own).reduce<number>((sum, own) => sum + Number(own), 0)
  const others = flips.reduce((sum, { conversations }) => sum + conversations, otherFlips) - shown
  return [
    markdownTable([`${changed.item}: before ↓ after →`, ...words], rows),
    ...(others > 0 ? [`${others} conversations with other values.`] : []),
  ]
}

function word(value: string | boolean | null): string {
  return value === null ? '(no value)' : String(value)
}

function percent(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(1)} %`
}
