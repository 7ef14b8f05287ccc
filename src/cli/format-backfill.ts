import type { Backfill, BackfillReport, BackfillStatus } from '../backfill/index.ts'
import { formatFilter } from '../filters/index.ts'
import { formatCounts, formatTable, formatUsd } from './table.ts'

/** What a plan would do, for a person to decide on. Pure. */
export function formatPlan({ filter, frozen, estimate }: Backfill): string {
  const { conversations, contacts, skipped, cached, modelCalls, costUsd, records } = estimate
  const configs = Object.entries(frozen.configs).map(([agent, { version, isDraft }]) => [
    `  ${agent}`,
    `version ${version}${isDraft ? ', draft' : ', published: there is no draft'}`,
  ])
  const reach = Object.entries(records).map(([connection, { matched, none, parked, fields }]) => [
    `  ${connection}`,
    `${matched} matched, ${none} without a record, ${parked} ambiguous`,
    `writes ${fields.join(', ') || 'nothing'}`,
  ])
  return [
    formatFilter(filter),
    formatTable([
      ['  conversations', `${conversations} of ${contacts} contacts`],
      ['  nothing to analyse', String(skipped)],
      ['  answered already', String(cached)],
      ['  model calls', `${modelCalls}, about ${formatUsd(costUsd)} (an estimate: nothing was run)`],
    ]),
    'analysed with',
    formatTable(configs),
    ...(reach.length > 0 ? ['CRM records', formatTable(reach)] : []),
  ].join('\n')
}

/** How far it is. Pure. */
export function formatStatus({ backfill, items, modelCalls, pushes }: BackfillStatus): string {
  const { read, history, write } = pushes.calls
  return formatTable([
    [`backfill ${backfill.id}`, `${backfill.state}, ${items.done} of ${items.total} conversations`],
    ['  outcomes', formatCounts(items.outcomes)],
    ['  reasons', formatCounts(items.reasons)],
    ['  model calls', `${modelCalls}, ${items.cached} answered from the cache, ${formatUsd(items.costUsd)}`],
    ['  decisions', formatCounts(pushes.decisions)],
    ['  CRM', `${pushes.recordsWritten} records written; calls: ${read} read, ${history} history, ${write} write`],
    ['  waiting', `${pushes.waiting} to be pushed, ${pushes.held} held`],
  ])
}

/** What it did, cell by cell; cells of one record stand together. Pure. */
export function formatReport({ status, cost, cells, nothingToDo }: BackfillReport): string {
  const rows = cells.map(({ connection, externalId, field, before, after, decision }) => [
    `${connection} ${externalId}`,
    field,
    before === after ? shown(after) : `${shown(before)} → ${shown(after)}`,
    decision.decision,
    decision.by ?? decision.why ?? '',
  ])
  return [
    formatStatus(status),
    `  cost ${formatUsd(cost.actualUsd)}, estimated ${formatUsd(cost.estimatedUsd)}`,
    ...(nothingToDo ? ['Nothing had to be asked or written: everything stood as it should.'] : []),
    ...(rows.length > 0 ? ['', formatTable([['record', 'field', 'value', 'decision', 'by'], ...rows])] : []),
  ].join('\n')
}

/** A value on one line of a terminal. */
function shown(value: string | null): string {
  if (value === null) return '(empty)'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
