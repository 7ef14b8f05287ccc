import { userInfo } from 'node:os'
import { type CliDeps, runCli } from './cli/index.ts'
import { type Config, loadConfig } from './config.ts'
import { closeDb, connect, migrateToLatest, startEmbedded } from './db/index.ts'
import { createLog } from './log.ts'
import { demo } from './main/demo.ts'
import { doctor } from './main/doctor.ts'
import { besideSandbox } from './main/on-sandbox.ts'
import { checkConnections, openInstallation } from './main/open-installation.ts'
import { serve } from './main/serve.ts'

export {
  activateMappingFiles,
  checkConnections,
  type Installation,
  openInstallation,
  startWorking,
} from './main/open-installation.ts'
export { openWeb } from './main/serve.ts'

/** A command that ends soon says what it found itself; only what went wrong belongs in its log. */
const quiet = 'warn'

function commandLine(): CliDeps {
  const print = (text: string) => void process.stdout.write(`${text}\n`)
  const settings = (): Config => {
    const config = loadConfig()
    return config.sandbox ? besideSandbox(config) : config
  }
  return {
    user: userInfo().username,
    print,
    warn: (text) => void process.stderr.write(`${text}\n`),
    mappingsFolder: () => loadConfig().mappingsFolder,
    open: async () => {
      const { queue, useCases, close, ...built } = await openInstallation(settings(), createLog(quiet))
      const connected = <Input extends unknown[], Result>(work: (...input: Input) => Promise<Result>) => {
        return async (...input: Input) => {
          await checkConnections({ queue, ...built })
          return work(...input)
        }
      }
      return {
        ...useCases,
        importRecords: connected(useCases.importRecords),
        pushRecords: connected(useCases.pushRecords),
        countWorkers: async () => (await queue.livingWorkers()).size,
        close,
      }
    },
    serve: (roles) => {
      const config = loadConfig()
      return serve(config, createLog(config.logLevel), roles ?? config.roles, print)
    },
    migrate: () => migrate(loadConfig()),
    doctor: () => doctor(settings(), createLog(quiet)),
    demo: ({ once }) => demo(loadConfig(), createLog(quiet), { once, print }),
  }
}

async function migrate({ databaseUrl, dataFolder }: Config): Promise<string[]> {
  const log = createLog(quiet)
  const server = databaseUrl === null ? await startEmbedded({ folder: dataFolder, log }) : null
  const db = connect(databaseUrl ?? server?.url ?? '', { log })
  try {
    return await migrateToLatest(db)
  } finally {
    await closeDb(db)
    await server?.stop()
  }
}

if (import.meta.main) process.exitCode = await runCli(commandLine(), process.argv.slice(2))
