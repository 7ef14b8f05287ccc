import { type Command, Option } from 'commander'
import { AppError } from '../errors.ts'
import { type Filter, parseFilter } from '../filters/index.ts'

export type FilterOptions = {
  agent?: string[]
  since?: string
  until?: string
  kind?: Filter['kind']
  id?: string[]
  filter?: string
}

/** Adds the options that say which conversations are meant. All given ones must hold. */
export function addFilterOptions(command: Command): Command {
  return command
    .option('--agent <id...>', 'conversations of these agents')
    .option('--since <time>', 'started at or after: 2026-10-01, or a time with its zone')
    .option('--until <time>', 'started before')
    .addOption(new Option('--kind <kind>', 'calls or chats only').choices(['call', 'chat']))
    .option('--id <id...>', 'these conversations')
    .option('--filter <json>', 'a filter as the API takes it, such as \'{"direction":"inbound"}\'')
}

/** Throws `cli.filter` with every mistake, by the option it stands in. */
export function readFilterOptions(options: FilterOptions): Filter {
  const { agent, since, until, id, kind } = options
  const start = { ...(since !== undefined && { ge: since }), ...(until !== undefined && { lt: until }) }
  const named = {
    ...(agent && { agent }),
    ...(Object.keys(start).length > 0 && { start_timestamp: start }),
    ...(id && { conversation_id: id }),
  }
  const parsed = parseFilter({ ...readJson(options.filter), ...named }, kind === undefined ? {} : { kind })
  if ('filter' in parsed) return parsed.filter
  const problems = parsed.errors.map(({ path, message }) => `  ${path.join('.') || 'filter'}: ${message}`)
  throw new AppError('cli.filter', 'stop', `the filter cannot be used:\n${problems.join('\n')}`)
}

function readJson(text = '{}'): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Told below, as is JSON that is no object.
  }
  throw new AppError('cli.filter', 'stop', '--filter takes a JSON object; in a shell it wants single quotes around it')
}
