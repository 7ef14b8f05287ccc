import { serve } from '@hono/node-server'
import { parseConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { openInstallation, startWorking, webOf } from '../../src/main.ts'

// A process of the product for tests to kill: worker, and web where its role says so, on the settings of its environment.
// Says `ready` and its address; ends in order at SIGTERM, or when whoever started it is no more.
const config = parseConfig(process.env)
const installation = await openInstallation(config, createLog(config.logLevel))
await startWorking(installation)
const { promise: listening, resolve } = Promise.withResolvers<number>()
const server = config.roles.includes('web')
  ? serve({ fetch: webOf(installation).fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => resolve(port))
  : resolve(0)
process.stdout.write(`ready ${await listening}\n`)

const ended = Promise.withResolvers<void>()
process.once('SIGTERM', () => ended.resolve())
process.stdin.once('close', () => ended.resolve()).resume()
await ended.promise
server?.close()
await installation.close()
process.stdin.destroy()
