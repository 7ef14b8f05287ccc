import type { Command } from 'commander'
import { loadScheduleFolders, readScheduleFiles } from '../../backfill/index.ts'
import { formatProblem } from '../../mapping/index.ts'
import type { CliDeps } from '../deps.ts'
import { Failed } from '../failed.ts'
import { interruptible } from '../plan-options.ts'
import { showOutcome, showSchedules } from '../show/show-schedules.ts'
import { withOpened } from '../with-opened.ts'

export function addSchedules(program: Command, deps: CliDeps): void {
  const schedules = program
    .command('schedules')
    .description('backfills that files declare to repeat: when each is due next, and what became of its last run')
    .option('--json', 'print them as JSON')
    .action(({ json }: { json?: true }) =>
      withOpened(deps, async (opened) => {
        const listed = await opened.listSchedules()
        deps.print(json ? JSON.stringify(listed.map(withoutText), null, 2) : showSchedules(listed))
        const { folders, mayLack } = await deps.schedules()
        const { problems } = await loadScheduleFolders(folders, { mayLack })
        for (const problem of problems) deps.warn(formatProblem(problem))
        if (problems.length > 0) deps.warn('Each file that is wrong stays as it was when it was last right.')
      }),
    )
  schedules
    .command('check')
    .description('read their files and report every mistake with its line and column; exit 1 where there is one')
    .argument('[files...]', 'by default every file of the folders')
    .action(async (files: string[]) => {
      const { folders, mayLack } = await deps.schedules()
      const read = files.length > 0 ? await readScheduleFiles(files) : await loadScheduleFolders(folders, { mayLack })
      for (const problem of read.problems) deps.print(formatProblem(problem))
      for (const { path, name, rhythm, zone, enabled } of read.schedules)
        deps.print(`${path}: ${name}, every ${rhythm} ${zone}${enabled ? '' : ', not enabled'}: right`)
      if (read.schedules.length + read.problems.length === 0) deps.print('no files')
      if (read.problems.length > 0) throw new Failed()
    })
  schedules
    .command('run')
    .description('plan and start one now, in its own name and under its limit; its due times stay as they are')
    .argument('<name>')
    .action((name: string) =>
      withOpened(deps, async (opened, actor) => {
        const run = await interruptible((signal) => opened.runSchedule({ name, actor }, signal))
        deps.print(`${name}: ${showOutcome(run)}`)
        if (run.state === 'empty') return
        if (run.backfill === null) throw new Failed()
        if ((await opened.countWorkers()) === 0)
          deps.warn('No worker runs just now; the backfill begins when one does: afterword serve')
      }),
    )
}

function withoutText({ schedule: { text, every, rhythm, ...schedule }, ...rest }: Listed) {
  return { schedule: { ...schedule, every: rhythm }, ...rest }
}

type Listed = Awaited<ReturnType<Awaited<ReturnType<CliDeps['open']>>['listSchedules']>>[number]
