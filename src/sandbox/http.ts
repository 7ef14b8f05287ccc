import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export type HttpRequest = {
  method: string
  /** Path and query as they were sent. */
  url: string
  path: string
  /** What stood at the `:names` of the route's path, decoded. */
  params: Record<string, string>
  query: URLSearchParams
  headers: IncomingHttpHeaders
  text: string
  /** The parsed JSON body; undefined where the body is empty or is not JSON. */
  body: unknown
}

export type HttpReply = {
  status: number
  /** Sent as JSON; a string is sent as it is. */
  body?: unknown
  headers?: Record<string, string>
  /** `cut` closes the connection in the middle of the body; `hang` answers nothing, ever. */
  delivery?: 'whole' | 'cut' | 'hang'
}

export type HttpRoute = {
  method: string
  /** Such as `/crm/v3/objects/contacts/:id`; the first route that fits answers. */
  path: string
  answer(request: HttpRequest): HttpReply | Promise<HttpReply>
}

export type HttpSandbox = {
  url: string
  /** Breaks every connection, those that hang too; it listens on. */
  cutOff(): void
  close(): Promise<void>
}

/** Addresses longer than a vendor takes must get as far as the vendor's own refusal. */
const LARGEST_HEAD_BYTES = 262_144

/**
 * Starts a vendor stand-in on the loopback address, on the given port or a free one.
 * Half of `latencyMs` passes before the route answers and half after it, as on a real way there and back.
 * `close()` drops hanging connections too; calling it twice is safe.
 */
export async function startHttpSandbox(options: {
  port?: number
  routes: readonly HttpRoute[]
  latencyMs?: (request: HttpRequest) => number
  notFound?: (request: HttpRequest) => HttpReply
}): Promise<HttpSandbox> {
  const { routes, latencyMs = () => 0, notFound = nothingHere } = options
  const server = createServer({ maxHeaderSize: LARGEST_HEAD_BYTES }, (incoming, outgoing) => {
    void serve(incoming, outgoing).catch((error: unknown) => send(outgoing, { status: 500, body: String(error) }))
  })

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse) {
    const request = await readRequest(incoming)
    const wayMs = latencyMs(request) / 2
    if (wayMs > 0) await sleep(wayMs, undefined, { ref: false })
    const reply = await route(routes, notFound, request)
    if (wayMs > 0) await sleep(wayMs, undefined, { ref: false })
    send(outgoing, reply)
  }

  // A client's idle connection must not be closed under its next request.
  server.keepAliveTimeout = 60_000
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve)
  await listening
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the sandbox has no TCP address')
  return {
    url: `http://127.0.0.1:${address.port}`,
    cutOff: () => server.closeAllConnections(),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

async function readRequest(incoming: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://sandbox')
  return {
    method: incoming.method ?? 'GET',
    url: incoming.url ?? '/',
    path: pathname,
    params: {},
    query: searchParams,
    headers: incoming.headers,
    text,
    body: parseJson(text),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function route(routes: readonly HttpRoute[], notFound: (request: HttpRequest) => HttpReply, request: HttpRequest) {
  for (const candidate of routes) {
    if (candidate.method !== request.method) continue
    const params = matchPath(candidate.path, request.path)
    if (params) return candidate.answer({ ...request, params })
  }
  return notFound(request)
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [position, part] of wanted.entries()) {
    const actual = given[position] ?? ''
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(actual)
    else if (part !== actual) return undefined
  }
  return params
}

function send(outgoing: ServerResponse, reply: HttpReply) {
  if (reply.delivery === 'hang' || outgoing.destroyed) return
  const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body)
  const body = Buffer.from(text ?? '')
  const type = typeof reply.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json;charset=utf-8'
  outgoing.writeHead(reply.status, { 'content-type': type, 'content-length': String(body.length), ...reply.headers })
  if (reply.delivery !== 'cut') outgoing.end(body)
  else outgoing.write(body.subarray(0, body.length >> 1), () => outgoing.destroy())
}

function nothingHere(request: HttpRequest): HttpReply {
  return { status: 404, body: { message: `the sandbox has no ${request.method} ${request.path}` } }
}
