import { startEmbedded, startThrowaway } from '../../src/db/index.ts'
import { createLog } from '../../src/log.ts'

// A program for tests to run and kill: starts a server, says where, and stops it when its standard input ends.
const [folder] = process.argv.slice(2)
const log = createLog('error')
process.on('SIGINT', () => undefined)

const server = folder === undefined ? await startThrowaway({ log }) : await startEmbedded({ folder, log })
process.stdout.write(`${server.url}\n`)
for await (const _ of process.stdin);
await server.stop()
