import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'

export type ModelServer = {
  /** The base URL for the SDK. */
  url: string
  answerAfter(latencyMs: number): Promise<void>
  inFlight(): Promise<number>
  /** How many requests it was asked so far. */
  requests(): Promise<number>
}

const state = z.object({ inFlight: z.number(), requests: z.number() })

/** Lets `work` have the model stand-in, out of a process of its own. */
export async function withModelServer<T>(work: (server: ModelServer) => Promise<T>): Promise<T> {
  const program = path.join(import.meta.dirname, 'model-process.ts')
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  try {
    const [url] = await Promise.race([once(createInterface(child.stdout), 'line'), ended])
    if (typeof url !== 'string') throw new Error('the model stand-in ended before it was ready')
    const admin = new URL('/__admin/state', url)
    const stateOf = async () => state.parse(await (await fetch(admin)).json())
    return await work({
      url,
      answerAfter: async (latencyMs) => {
        const settings = {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ latencyMs }),
        }
        const response = await fetch(new URL('/__admin/settings', url), settings)
        if (!response.ok) throw new Error(`the model stand-in answers ${response.status}`)
      },
      inFlight: async () => (await stateOf()).inFlight,
      requests: async () => (await stateOf()).requests,
    })
  } finally {
    child.stdin.end()
    await ended
  }
}
