import { createServer } from 'node:http'
import { type AddressInfo, createServer as createSocket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll } from 'vitest'
import { type Model, openModel, profileOf } from '../../src/model/index.ts'

type Script = {
  status?: number
  headers?: Record<string, string>
  /** A function makes it of the request. */
  body?: unknown
  latencyMs?: number
  /** `drop`: half of the body, then the connection breaks. `stall`: the headers, then nothing. */
  delivery?: 'whole' | 'drop' | 'stall'
}

export type ScriptedServer = {
  url: string
  /** The bodies of the requests so far. */
  requests: Record<string, unknown>[]
  /** Where they went. */
  paths: string[]
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
  const paths: string[] = []
  const times: number[] = []
  const server = createServer(async (incoming, outgoing) => {
    times.push(performance.now())
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    paths.push(incoming.url ?? '')
    const request = JSON.parse(Buffer.concat(chunks).toString())
    requests.push(request)
    const {
      status = 200,
      headers,
      body,
      delivery = 'whole',
      latencyMs = 0,
    } = (scripts.length > 1 ? scripts.shift() : scripts[0]) ?? {}
    const made = typeof body === 'function' ? body(request) : body
    const text = typeof made === 'string' ? made : JSON.stringify(made ?? {})
    if (latencyMs > 0) await sleep(latencyMs)
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
    paths,
    times,
    play(...next) {
      scripts = next
      requests.length = 0
      paths.length = 0
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
