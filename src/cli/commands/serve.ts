import { type Command, Option } from 'commander'
import type { Role } from '../../config.ts'
import type { CliDeps } from '../deps.ts'

export function addServe(program: Command, deps: Pick<CliDeps, 'serve'>): void {
  program
    .command('serve')
    .description('run the service: the API, and the worker, until it is told to end')
    .addOption(new Option('--role <role...>', 'only this part of it').choices(['web', 'worker']))
    .action(({ role }: { role?: Role[] }) => deps.serve(role))
  program
    .command('worker')
    .description('run a worker beside a service: the same as `serve --role worker`')
    .action(() => deps.serve(['worker']))
}
