import type { Command } from 'commander'
import type { Explanation } from '../../sync/index.ts'
import type { CliDeps } from '../deps.ts'
import { plain } from '../show/table.ts'
import { withOpened } from '../with-opened.ts'

type Explained = Explanation['records'][number]
type Event = Explained['timeline'][number]

export function addWhy(program: Command, deps: CliDeps): void {
  program
    .command('why')
    .description('why a CRM field of a contact holds what it holds, back to the words in the transcript')
    .argument('<contact>', 'contact_12, a number or an e-mail')
    .argument('<field>', "the CRM's name of the field")
    .option('--json', 'print the explanation as JSON')
    .action((contact: string, field: string, { json }: { json?: true }) =>
      withOpened(deps, async (opened) => {
        const explanation = await opened.explainField({ contact, field })
        if (json) return deps.print(JSON.stringify(explanation, null, 2))
        if (explanation.records.length === 0) return deps.print('This contact has no CRM record.')
        deps.print(explanation.records.map(formatRecord).join('\n\n'))
      }),
    )
}

function formatRecord(record: Explained): string {
  const { connection, externalId, field, value, seen, rule, merged, timeline, stayOut, writes } = record
  const lines = [
    `${connection} ${externalId}  ${field} = ${JSON.stringify(value)}`,
    rule === null ? 'no rule in force' : `rule    ${rule.path}:${rule.line}  ${rule.mode}`,
    ...(rule?.description === undefined ? [] : [`for     ${plain(rule.description)}`]),
    ...(rule?.owner === undefined ? [] : [`owner   ${plain(rule.owner)}`]),
    `in CRM  ${JSON.stringify(seen)} when last read`,
    ...(merged ? [formatMerged(merged)] : []),
    ...timeline.flatMap(formatEvent),
    ...writes.map(({ at, before, after, outcome, run }) => {
      return `  wrote ${at}  ${JSON.stringify(before)} → ${JSON.stringify(after)}, ${outcome}${run === null ? '' : ` (run ${run})`}`
    }),
  ]
  if (stayOut > 0)
    lines.push(`  ${stayOut} earlier conversations were never asked for this field: a backfill brings them in`)
  return lines.join('\n')
}

function formatMerged({ text, isFallback, conversations }: NonNullable<Explained['merged']>): string {
  const made =
    text === null ? 'not made yet' : isFallback ? 'the texts one below the other: the model gave none' : 'by a model'
  return `merged  ${made}, of what ${conversations.join(', ')} said since the field was last set`
}

function formatEvent(event: Event): string[] {
  const { at, atLatest, kind, who, value, decides, why, analysis, run, evidence = [] } = event
  const said = value === null ? (why ?? '') : JSON.stringify(value)
  const source = [
    analysis && `analysis ${analysis.number} by ${analysis.model}`,
    run && `run ${run.id}, ${run.kind} of ${run.actor}: ${run.reason}`,
  ].filter((part) => part !== undefined)
  return [
    `${decides ? '→' : ' '} ${at}${atLatest ? ' at the latest' : ''}  ${kind} ${said}  ${who}`,
    ...(source.length > 0 ? [`      ${source.join(' · ')}`] : []),
    ...evidence.map(({ turn, quote }) => `      turn ${turn}: “${plain(quote)}”`),
  ]
}
