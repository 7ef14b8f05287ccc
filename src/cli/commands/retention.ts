import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { withOpened } from '../with-opened.ts'

type Options = { plan?: true; reason: string }

export function addRetention(program: Command, deps: CliDeps): void {
  const retention = program.command('retention').description('how long conversations are kept')
  retention
    .command('run')
    .description(
      'settle conversations older than their agent’s data_storage_retention_days, or else AFTERWORD_RETENTION_DAYS: their words go, CRM fields stay as they are',
    )
    .option('--plan', 'only say how many it would be')
    .option('--reason <text>', 'why, for the audit', 'afterword retention run')
    .action(({ plan, reason }: Options) =>
      withOpened(deps, async (opened, actor) => {
        const { runId, before, agents, settled, left } = plan
          ? await opened.planRetention()
          : await opened.runRetention({ actor, reason })
        const done = plan ? `${settled} to be settled` : `${settled} settled${runId === null ? '' : ` by run ${runId}`}`
        const own = agents === 0 ? '' : `${agents} ${agents === 1 ? 'agent' : 'agents'} with days of their own`
        const day = before === null ? '' : `conversations from before ${before.toISOString()}`
        const what = [day, own].filter((text) => text !== '').join(', and ')
        deps.print(`${what}: ${done}; ${left} at work, left for later`)
      }),
    )
}
