import type { Command } from 'commander'
import type { CliDeps } from '../deps.ts'
import { Failed } from '../failed.ts'
import { withOpened } from '../with-opened.ts'

export function addPush(program: Command, deps: CliDeps): void {
  program
    .command('push')
    .description('push what waits for a CRM now, and wait for it')
    .argument('[connection]', 'by default all')
    .action((connection: string | undefined) =>
      withOpened(deps, async (opened, actor) => {
        const reports = await opened.pushRecords({ actor, ...(connection !== undefined && { connection }) })
        let hasFailed = false
        for (const [name, report] of Object.entries(reports)) {
          if (report === null) deps.print(`${name}: another pusher is at it`)
          else if ('failed' in report) {
            hasFailed = true
            deps.warn(`error: ${report.failed.message}`)
          } else {
            const { read, history, write } = report.calls
            const held = report.hold === null ? '' : `\n${name}: the rest is held: ${report.hold.why}`
            deps.print(
              `${name}: ${report.records} records looked at, ${report.written} written; calls: ${read} read, ${history} history, ${write} write${held}`,
            )
          }
        }
        if (hasFailed) throw new Failed()
      }),
    )
}
