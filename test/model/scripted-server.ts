import { createServer } from 'node:http'
import { type AddressInfo, createServer as createSocket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll } from 'vitest'
import { type Model, openModel, profileOf } from '../../src/model/index.ts'

type Script = {
  status?: number
  headers?: Record<string, string>
  body?: unknown
  latencyMs?: number
  /** `drop`: half of the body, then the connection breaks. `stall`: the headers, then nothing. */
  delivery?: 'whole' | 'drop' | 'stall'
}

export type ScriptedServer = {
  url: string
  /** The bodies of the requests so far. */
  requests: Record<string, unknown>[]
  /** When each of them came in (`performance.now()`). */
  times: number[]
  /** What the next requests are answered, one each; the last is repeated. */
  play(...scripts: Script[]): void
}

export const answered: Script = {
  body: {
    model: 'gpt-6-luna',
    choices: [{ finish_reason: 'stop', message: { content: '{"f01":null}' } }],
    usage: { prompt_tokens: 10, completion_tokens: 2 },
  },
}

/** A server that answers whatever the test wrote down, over real HTTP. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  let scripts: Script[] = []
  const requests: Record<string, unknown>[] = []
  const times: number[] = []
  const server = createServer(async (incoming, outgoing) => {
    times.push(performance.now())
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    requests.push(JSON.parse(Buffer.concat(chunks).toString()))
    const {
      status = 200,
      headers,
      body,
      delivery = 'whole',
      latencyMs = 0,
    } = (scripts.length > 1 ? scripts.shift() : scripts[0]) ?? {}
    if (latencyMs > 0) await sleep(latencyMs)
    const text = typeof body === 'string' ? body : JSON.stringify(body ?? {})
    outgoing.writeHead(status, {
      'content-type': 'application/json',
      'x-request-id': `req_${requests.length}`,
      ...headers,
    })
    if (delivery === 'whole') outgoing.end(text)
    else outgoing.write(text.slice(0, text.length / 2), () => delivery === 'drop' && outgoing.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    times,
    play(...next) {
      scripts = next
      requests.length = 0
      times.length = 0
    },
  }
}

/** A model at that server, asked as OpenAI is, with waits short enough for a test. */
export function modelAt(url: string, pace: Parameters<typeof openModel>[1] = {}): Model {
  const profile = profileOf({ url, apiKey: 'key', models: { '*': 'gpt-6-luna' }, isSandbox: true })
  return openModel(profile, { backoffMs: 1, ...pace })
}

/** A port that was free a moment ago, and that nobody listens on. */
export async function closedPort(): Promise<number> {
  const socket = createSocket()
  await new Promise<void>((listening) => socket.listen(0, '127.0.0.1', listening))
  const { port } = socket.address() as AddressInfo
  await new Promise((closed) => socket.close(closed))
  return port
}
