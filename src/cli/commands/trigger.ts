import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { parseTime } from '../../filters/index.ts'
import type { RequestStatus, WantedConversations } from '../../triggers/index.ts'
import type { CliDeps, Opened } from '../deps.ts'
import { Failed } from '../failed.ts'
import { showCells } from '../show/show-cells.ts'
import { withOpened } from '../with-opened.ts'

type Options = { all?: true; since?: Date; most: number; object?: string; key?: string; wait?: true; json?: true }

const refreshMs = 250

export function addTrigger(program: Command, deps: CliDeps): void {
  program
    .command('trigger')
    .description('rerun the conversations of one CRM record, as its CRM can ask for it')
    .argument('<connection>', 'of the CRM account')
    .argument('<record>', 'its id in the CRM')
    .option('--all', 'all its conversations, not only the latest')
    .option('--since <time>', 'those since then: 2026-10-01, or a time with its zone', readSince)
    .option('--most <number>', 'so many at most, the newest first', readMost, 20)
    .option('--object <name>', 'where the mapping files of the connection name several')
    .option('--key <text>', 'the same again asks for the same once')
    .option('--wait', 'wait for the answer')
    .option('--json', 'print how it stands as JSON')
    .action((connection: string, recordId: string, options: Options) =>
      withOpened(deps, async (opened, { name }) => {
        const { object = null, key: requestKey = null, wait, json } = options
        const ask = { connection, recordId, object, wanted: wantedOf(options), requestKey }
        const { id } = await opened.rerunForRecord({ ask, actor: { kind: 'cli', name } })
        if ((await opened.countWorkers()) === 0)
          deps.warn('No worker runs just now; the request is taken up when one does: afterword serve')
        const status = wait ? await follow(opened, id) : await opened.readRequest(id)
        deps.print(json ? JSON.stringify(status, null, 2) : showRequest(status))
        if (status.request.state === 'failed') throw new Failed()
      }),
    )
}

function wantedOf({ all, since, most }: Options): WantedConversations {
  if (since !== undefined) return { conversations: 'since', since, most }
  return all ? { conversations: 'all', most } : { conversations: 'latest' }
}

/** Waits until a request has ended, or waits itself for something. */
async function follow(opened: Opened, id: number): Promise<RequestStatus> {
  for (;;) {
    const status = await opened.readRequest(id)
    if (status.request.endedAt !== null || status.request.state === 'parked') return status
    await sleep(refreshMs)
  }
}

function showRequest({ request, cells }: RequestStatus): string {
  const lines = [`trigger_${request.id} (${request.state}): ${request.message}`]
  if (cells.length > 0)
    lines.push(
      '',
      showCells(cells, (externalId) => externalId),
    )
  return lines.join('\n')
}

function readSince(text: string): Date {
  const at = parseTime(text)
  if (at === null) throw new InvalidArgumentError('a date such as 2026-10-01, or a time with its zone')
  return new Date(at)
}

function readMost(text: string): number {
  const most = Number(text)
  if (Number.isInteger(most) && most >= 1 && most <= 200) return most
  throw new InvalidArgumentError('a whole number from 1 to 200')
}
