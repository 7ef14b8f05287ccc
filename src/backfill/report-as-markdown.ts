import { formatFilter } from '../filters/index.ts'
import { changesAsMarkdown } from './changes-as-markdown.ts'
import { inMarkdown, markdownTable } from './markdown.ts'
import type { BackfillReport } from './report-backfill.ts'

/** What is listed of the cells of one kind. */
const mostCells = 200

/** A report to pass on: what was done, what it cost, what changed, what failed and how to go on. Pure. */
export function reportAsMarkdown(report: BackfillReport): string {
  const { status, commands, cells } = report
  const { backfill } = status
  const of = (...kinds: string[]) => cells.filter(({ decision }) => kinds.includes(decision.decision))
  const parts = [
    `# Backfill ${backfill.id}: ${backfill.state}`,
    `${inMarkdown(backfill.reason)} (${inMarkdown(backfill.actor)})`,
    `Selected: ${inMarkdown(formatFilter(backfill.filter))}`,
    numbers(report),
    ...changesAsMarkdown(report.changes),
    ...failures(report),
    ...listed('Written', of('write')),
    ...listed('Retracted: nothing supports the value any more', of('retract')),
    ...listed('Kept edits: what somebody typed in the CRM stands', of('kept_edit')),
  ]
  if (report.nothingToDo) parts.push('Nothing had to be asked or written: everything stood as it should.')
  if (commands.undo !== null) parts.push('## To take it back', code(commands.undo))
  return `${parts.join('\n\n')}\n`
}

function numbers({ status, cost, cells }: BackfillReport): string {
  const { backfill, items, modelCalls, pushes } = status
  const { costUsdLow, costUsdHigh } = backfill.estimate
  const range =
    costUsdLow === undefined || costUsdHigh === undefined ? '' : ` (${dollars(costUsdLow)} to ${dollars(costUsdHigh)})`
  const count = (kind: string) => cells.filter(({ decision }) => decision.decision === kind).length
  return markdownTable(
    ['what', 'number'],
    [
      ['conversations', `${items.done} of ${items.total}`],
      ...Object.entries(items.outcomes).map(([outcome, number]) => [`outcome ${outcome}`, number]),
      ['from the cache', items.cached],
      ['model calls', modelCalls],
      ...(backfill.lane === 'flex' ? laneRows(status) : []),
      ['cost', dollars(cost.actualUsd)],
      ['estimated', `${dollars(cost.estimatedUsd)}${range}`],
      ['records written', pushes.recordsWritten],
      ['retractions', count('retract')],
      ['kept edits', count('kept_edit')],
      ...Object.entries(pushes.decisions).map(([decision, number]) => [`decision ${decision}`, number]),
      ['begun', backfill.startedAt?.toISOString() ?? ''],
      ['ended', backfill.endedAt?.toISOString() ?? ''],
    ],
  )
}

function laneRows({ lanes, backfill }: BackfillReport['status']): [string, string | number][] {
  return [
    ['lane', backfill.deadlineAt ? `flex until ${backfill.deadlineAt.toISOString()}` : 'flex'],
    ['answered by flex', lanes.flex],
    ['answered by standard', lanes.standard],
    ['flex had no room', lanes.unavailable],
  ]
}

function failures({ failures: groups, notAnalysed, commands }: BackfillReport): string[] {
  const parts: string[] = []
  if (notAnalysed.length > 0) {
    const rows = notAnalysed.map(({ outcome, reason, conversations }) => [outcome, reason ?? '', conversations])
    parts.push('## Without a new analysis', markdownTable(['outcome', 'reason', 'conversations'], rows))
  }
  if (commands.analyseAgain !== null)
    parts.push('To analyse again what failed (the others are answered from the cache):', code(commands.analyseAgain))
  if (groups.length > 0) {
    const rows = groups.map(({ connection, decision, reason, cells, example }) => {
      return [connection, decision, reason, cells, `${example.field} of ${example.externalId}`]
    })
    parts.push('## Not written', markdownTable(['connection', 'decision', 'reason', 'fields', 'such as'], rows))
  }
  if (commands.retryWrites !== null) parts.push('Mend what is in the way, then:', code(commands.retryWrites))
  return parts
}

function listed(title: string, cells: BackfillReport['cells']): string[] {
  if (cells.length === 0) return []
  const rows = cells.slice(0, mostCells).map(({ connection, externalId, field, before, after, decision }) => {
    const because = [decision.by, decision.why].filter((part) => part !== undefined).join(', ')
    return [connection, externalId, field, before ?? '', after ?? '', because]
  })
  const left = cells.length - rows.length
  return [
    `## ${title} (${cells.length})`,
    markdownTable(['connection', 'record', 'field', 'before', 'after', 'because of'], rows),
    ...(left > 0 ? [`${left} more are in the CSV.`] : []),
  ]
}

function code(text: string): string {
  return `    ${text}`
}

function dollars(amount: number): string {
  return `$${amount.toFixed(4)}`
}
