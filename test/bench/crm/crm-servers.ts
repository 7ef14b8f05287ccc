import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'

export type CrmServer = {
  url: string
  configure(settings: Record<string, unknown>): Promise<void>
  order(what: string, body: unknown): Promise<unknown>
  /** How often each operation was asked, and how often it was answered with this status. */
  calls(status?: number): Promise<Record<string, number>>
  /** How many of those read the history of fields. */
  historyReads(): Promise<number>
}

const count = z.object({ calls: z.number(), byStatus: z.record(z.string(), z.number()) })
const log = z.object({ operations: z.record(z.string(), count), historyReads: z.object({ calls: z.number() }) })
const urls = z.object({ hubspot: z.string(), salesforce: z.string() })

/** Lets `work` have stand-ins of both CRMs, out of a process of their own. */
export async function withCrmServers<T>(
  work: (servers: { hubspot: CrmServer; salesforce: CrmServer }) => Promise<T>,
): Promise<T> {
  const program = path.join(import.meta.dirname, 'crm-process.ts')
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  try {
    const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended])
    if (typeof line !== 'string') throw new Error('the CRM stand-ins ended before they were ready')
    const { hubspot, salesforce } = urls.parse(JSON.parse(line))
    return await work({ hubspot: serverAt(hubspot), salesforce: serverAt(salesforce) })
  } finally {
    child.stdin.end()
    await ended
  }
}

function serverAt(url: string): CrmServer {
  const admin = (what: string) => new URL(`/__admin/${what}`, url)
  async function order(what: string, body: unknown) {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(admin(what), { method: 'POST', headers, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`the CRM stand-in answers ${response.status}: ${await response.text()}`)
    const text = await response.text()
    return text === '' ? null : JSON.parse(text)
  }
  const asked = async () => log.parse(await (await fetch(admin('requests'))).json())
  return {
    url,
    order,
    configure: async (settings) => void (await order('settings', settings)),
    async calls(status) {
      const { operations } = await asked()
      const entries = Object.entries(operations)
      return Object.fromEntries(
        entries.map(([name, { calls, byStatus }]) => [name, status === undefined ? calls : (byStatus[status] ?? 0)]),
      )
    },
    historyReads: async () => (await asked()).historyReads.calls,
  }
}
