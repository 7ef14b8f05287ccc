// Loaded before a worker whose cost is measured: counts its SQL statements, and writes a line of what it has cost so far whenever
// its standard input brings one.
import { createInterface } from 'node:readline'
import { Client } from 'pg'

export type Gauged = { statements: number; cpuMs: number; peakMb: number }

let statements = 0
const { query } = Client.prototype
// What pools and transactions send goes through here, too.
Client.prototype.query = function counted(this: Client, ...given: Parameters<typeof query>) {
  statements += 1
  return query.apply(this, given)
} as typeof query

createInterface(process.stdin).on('line', () => {
  const { user, system } = process.cpuUsage()
  // In kilobytes on Linux and macOS, by `process.resourceUsage`.
  const gauged: Gauged = { statements, cpuMs: (user + system) / 1_000, peakMb: process.resourceUsage().maxRSS / 1_000 }
  process.stdout.write(`gauge ${JSON.stringify(gauged)}\n`)
})
if ('unref' in process.stdin && typeof process.stdin.unref === 'function') process.stdin.unref()
