import type { CliDeps } from '../cli/index.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import { besideSandbox } from './on-sandbox.ts'
import { openInstallation } from './open-installation.ts'

/** An installation for the length of one command, beside a service that may be running: it takes no jobs. */
export async function openForCommand(settings: Config, log: Log): ReturnType<CliDeps['open']> {
  const config = settings.sandbox ? besideSandbox(settings) : settings
  const { useCases, queue, close } = await openInstallation(config, log)
  return { ...useCases, countWorkers: queue.countWorkers, close }
}
