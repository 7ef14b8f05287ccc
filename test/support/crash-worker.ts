import { parseConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { openInstallation, openWeb, startWorking } from '../../src/main.ts'

// A process of the product for tests to kill: worker, and web where its role says so, on the settings of its environment.
// Says `ready` and its address; ends in order at SIGTERM, or when whoever started it is no more.
const config = { ...parseConfig(process.env), port: 0 }
const installation = await openInstallation(config, createLog(config.logLevel))
await startWorking(installation)
const web = config.roles.includes('web') ? await openWeb(installation) : undefined
process.stdout.write(`ready ${web ? new URL(web.url).port : 0}\n`)

const ended = Promise.withResolvers<void>()
process.once('SIGTERM', () => ended.resolve())
process.stdin.once('close', () => ended.resolve()).resume()
await ended.promise
await web?.close()
await installation.close()
process.stdin.destroy()
