import { type Command, InvalidArgumentError, Option } from 'commander'
import { AppError } from '../../errors.ts'
import type { CliDeps } from '../deps.ts'
import { showMatches } from '../show/show-matches.ts'
import { count } from '../show/words.ts'
import { withOpened } from '../with-opened.ts'

type ListOptions = {
  connection?: string
  mapping?: string
  state?: 'parked' | 'none'
  limit: number
  after?: string
  json?: true
}
type ResolveOptions = { record?: string; none?: true; mapping?: string; allOfNumber?: true; reason: string }

export function addMatch(program: Command, deps: CliDeps): void {
  const match = program.command('match').description('which CRM record a conversation belongs to, where that is open')
  match
    .command('list')
    .description('conversations without a record: parked ones with their candidates, and unmatched ones')
    .option('--connection <name>', 'of this CRM account')
    .option('--mapping <name>', 'of this mapping file, by its name without .yaml')
    .addOption(new Option('--state <state>', 'only these').choices(['parked', 'none']))
    .option('--limit <number>', 'so many at once, at most 200', readLimit, 50)
    .option('--after <key>', 'the next page, by the key that the last one ends with')
    .option('--json', 'print them as JSON')
    .action(({ json, ...query }: ListOptions) =>
      withOpened(deps, async (opened) => {
        const page = await opened.listMatches(query)
        deps.print(json ? JSON.stringify(page, null, 2) : showMatches(page))
      }),
    )
  match
    .command('resolve')
    .description(
      'say whose a conversation is: links it, moves it, or with --none takes its link away; `undo` brings it back',
    )
    .argument('<conversation>', 'its id')
    .option('--record <id>', 'the record, by its id in the CRM')
    .option('--none', 'it belongs to no record')
    .option('--mapping <name>', 'where mapping files lead to several CRMs or objects')
    .option('--all-of-number', 'also every parked conversation of the same number')
    .requiredOption('--reason <text>', 'why, for the audit')
    .action((conversationId: string, { record, none, ...options }: ResolveOptions) =>
      withOpened(deps, async (opened, actor) => {
        if ((record === undefined) === (none === undefined))
          throw new AppError('cli.match', 'stop', 'say either --record with its id in the CRM, or --none')
        const resolved = await opened.resolveMatch({ conversationId, record: record ?? null, actor, ...options })
        const { runId, conversations, mappings, records } = resolved
        if (runId === null) return deps.print(`nothing to do: ${conversationId} stands so already, by a person's word`)
        const what = record === undefined ? 'of no record now' : `linked to ${record}`
        deps.print(`run ${runId}: ${count(conversations, 'conversation')} ${what} (${mappings.join(', ')})`)
        deps.print(`${count(records, 'record')} looked at again; to take it back:  afterword undo ${runId}`)
      }),
    )
}

function readLimit(text: string): number {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= 200) return limit
  throw new InvalidArgumentError('a whole number from 1 to 200')
}
