import type { CliDeps } from '../cli/index.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import { besideSandbox } from './on-sandbox.ts'
import { checkConnections, openInstallation } from './open-installation.ts'

/**
 * An installation for the length of one command, beside a service that may be running: it takes no jobs. Connections are
 * checked only by what talks to them.
 */
export async function openForCommand(settings: Config, log: Log): ReturnType<CliDeps['open']> {
  const config = settings.sandbox ? besideSandbox(settings) : settings
  const { useCases, close, ...built } = await openInstallation(config, log)
  return {
    ...useCases,
    importRecords: async (input) => {
      await checkConnections(built)
      return useCases.importRecords(input)
    },
    pushRecords: async (input) => {
      await checkConnections(built)
      return useCases.pushRecords(input)
    },
    countWorkers: async () => (await built.queue.livingWorkers()).size,
    close,
  }
}
