import { type Command, InvalidArgumentError } from 'commander'
import type { CliDeps } from '../deps.ts'
import { showWhy } from '../show/show-why.ts'
import { withOpened } from '../with-opened.ts'

type Options = { limit: number; live?: boolean; json?: true }

export function addWhy(program: Command, deps: CliDeps): void {
  program
    .command('why')
    .description('why a CRM field of a contact holds what it holds, back to the words in the transcript')
    .argument('<contact>', 'contact_12, a number or an e-mail')
    .argument('<field>', "the CRM's name of the field")
    .option('--limit <number>', 'so many events and writes, the newest', readLimit, 20)
    .option('--live', 'read what the CRM holds now, too, and say whether that is what we last saw')
    .option('--json', 'print the explanation as JSON')
    .action((contact: string, field: string, { limit, live = false, json }: Options) =>
      withOpened(deps, async (opened) => {
        const explanation = await opened.explainField({ contact, field, limit, live })
        deps.print(json ? JSON.stringify(explanation, null, 2) : showWhy(explanation))
      }),
    )
}

function readLimit(text: string): number {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1_000) return limit
  throw new InvalidArgumentError('a whole number from 1 to 1000')
}
