import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { AppError } from '../../errors.ts'
import type { CliDeps, Opened } from '../deps.ts'
import { showCells } from '../show/show-cells.ts'
import { withOpened } from '../with-opened.ts'

type Options = { empty?: true; json?: string; withdraw?: true; reason: string; wait?: true }

const refreshMs = 250
/** A record that is not pushed by then waits for its CRM. */
const patienceMs = 30_000

export function addCorrect(program: Command, deps: CliDeps): void {
  program
    .command('correct')
    .description('set what one call or chat says of an item: a word of yours beats every analysis')
    .argument('<conversation>', 'its id')
    .argument('<item>', 'the name of the item, such as call_summary')
    .argument('[value]', 'a text, a number, a date, true or false, or one of the choices of the item')
    .option('--empty', 'the conversation does not say it')
    .option('--json <value>', 'the value as JSON: "12" is a text, 12 a number')
    .option('--withdraw', 'take back the correction that stands')
    .option('--reason <text>', 'why, for the audit', 'afterword correct')
    .option('--wait', 'push, and tell what became of every CRM field')
    .action((conversationId: string, item: string, value: string | undefined, options: Options) => {
      const given = readGiven(value, options)
      return withOpened(deps, async (opened, actor) => {
        const { reason, wait } = options
        const input = { conversationId, item, actor, reason }
        const runId = options.withdraw
          ? await withdraw(opened, input, deps)
          : await correct(opened, { ...input, value: given }, deps)
        const told = { conversationId, item, runId }
        const { cells, waiting } = wait
          ? await pushed(opened, told, actor, deps.warn)
          : await opened.correctionCells(told)
        if (cells.length === 0) return deps.print('no CRM field follows: no rule that reached a record reads this item')
        deps.print(showCells(cells, (externalId) => externalId))
        if (waiting) deps.print(`not pushed yet; ${wait ? '' : '`--wait` waits for it, '}\`why\` tells it later`)
      })
    })
}

type Input = Parameters<Opened['withdrawCorrection']>[0]

async function correct(opened: Opened, input: Parameters<Opened['correctField']>[0], deps: CliDeps): Promise<number> {
  const { runId, conversationId, item, value, before } = await opened.correctField(input)
  deps.print(`${conversationId}: ${item} ${JSON.stringify(before)} → ${JSON.stringify(value)} (run ${runId})`)
  return runId
}

async function withdraw(opened: Opened, input: Input, deps: CliDeps): Promise<number> {
  const { runId, undone } = await opened.withdrawCorrection(input)
  deps.print(`${input.conversationId}: the correction of ${input.item} by run ${undone} is withdrawn (run ${runId})`)
  return runId
}

/** Exactly one of the ways to give a value, or none to take one back; null is "the conversation does not say it". */
function readGiven(value: string | undefined, { empty, json, withdraw }: Options): unknown {
  const ways = [value !== undefined, empty, json !== undefined, withdraw].filter(Boolean).length
  if (ways !== 1) throw new AppError('cli.value', 'stop', 'give one of a value, --empty, --json <value> or --withdraw')
  if (withdraw) return undefined
  if (json === undefined) return empty ? null : value
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw new AppError('cli.value', 'stop', '--json takes JSON, such as 12, true or \'"a text"\'', { cause })
  }
}

/**
 * Pushes where the records of the conversation are, unless another pusher is at it, and waits for them. A connection that
 * cannot be pushed to is told, and not waited for.
 */
async function pushed(
  opened: Opened,
  told: Parameters<Opened['correctionCells']>[0],
  actor: Input['actor'],
  warn: CliDeps['warn'],
) {
  for (const end = Date.now() + patienceMs; ; await sleep(refreshMs)) {
    const standing = await opened.correctionCells(told)
    const connections = new Set(standing.cells.map((cell) => cell.connection))
    if (!standing.waiting || connections.size === 0 || Date.now() > end) return standing
    const failures: string[] = []
    for (const connection of connections) {
      await opened.pushRecords({ actor, connection }).catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error
        failures.push(error.message)
      })
    }
    for (const message of failures) warn(`error: ${message}`)
    if (failures.length > 0) return opened.correctionCells(told)
  }
}
