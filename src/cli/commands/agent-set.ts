import { type Command, Option } from 'commander'
import { liveSettings } from '../../agents/index.ts'
import type { CliDeps } from '../deps.ts'
import { withOpened } from '../with-opened.ts'

export function addAgentSet(program: Command, deps: CliDeps): void {
  program
    .command('agent')
    .description('settings of agents')
    .command('set')
    .description('say who analyses the conversations of an agent first when they end')
    .argument('<agent>', 'the id of the agent')
    .addOption(
      new Option(
        '--live <who>',
        'vendor: its own analysis counts, and we make one where none came in 15 minutes; ours: we analyse each with the version that held it',
      )
        .choices(liveSettings)
        .makeOptionMandatory(),
    )
    .action((agentId: string, { live }: { live: string }) =>
      withOpened(deps, async (opened, actor) => {
        const agent = await opened.setLive({ agentId, live, actor })
        deps.print(`${agent.agentId}: live ${agent.live}`)
      }),
    )
}
