// Loaded before a worker whose cost is measured: counts its SQL statements, and writes a line of what it has cost so far, or of what
// it has spent its time on since it was asked last, whenever its standard input brings one.
import { Session } from 'node:inspector/promises'
import { createInterface } from 'node:readline'
import { Client } from 'pg'
import { shareOut } from './stages.ts'

export type Gauged = { statements: number; cpuMs: number; peakMb: number }

let statements = 0
const { query } = Client.prototype
// What pools and transactions send goes through here, too.
Client.prototype.query = function counted(this: Client, ...given: Parameters<typeof query>) {
  statements += 1
  return query.apply(this, given)
} as typeof query

const session = new Session()
session.connect()

/** Even so seldom it costs a worker some 15 % (2.02 and 2.32 ms a conversation), so nothing else is measured meanwhile. */
const sampledEveryUs = 10_000

const answers: Record<string, () => unknown> = {
  cost: () => {
    const { user, system } = process.cpuUsage()
    // In units of 1,024 bytes.
    const peakMb = (process.resourceUsage().maxRSS * 1_024) / 1_000_000
    return { statements, cpuMs: (user + system) / 1_000, peakMb } satisfies Gauged
  },
  watch: async () => {
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: sampledEveryUs })
    await session.post('Profiler.start')
    return {}
  },
  stages: async () => {
    const { profile } = await session.post('Profiler.stop')
    await session.post('Profiler.disable')
    return shareOut(profile)
  },
}

createInterface(process.stdin)
  .on('line', async (asked) => {
    process.stdout.write(`gauge ${JSON.stringify(await answers[asked]?.())}\n`)
  })
  // Its benchmark is no more, and with it the database.
  .on('close', () => process.exit())
if ('unref' in process.stdin && typeof process.stdin.unref === 'function') process.stdin.unref()
