import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll } from 'vitest'

export type Sent = { method: string; path: string; headers: IncomingHttpHeaders; text: string }
export type Scripted = {
  status?: number
  body?: unknown
  headers?: Record<string, string>
  /** `hang` answers nothing, `stall` stops in the middle of the body, `cut` breaks off there. */
  delivery?: 'whole' | 'hang' | 'stall' | 'cut'
}

/** A server that answers what the test says; it goes when the file's tests are done. */
export async function startServer(answer: (sent: Sent) => Scripted): Promise<{ url: string }> {
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request
    deliver(response, answer({ method, path, headers, text: await text(request) }))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  afterAll(() => {
    server.closeAllConnections()
    return new Promise((closed) => server.close(closed))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return { url: `http://127.0.0.1:${address.port}` }
}

function deliver(response: ServerResponse, { status = 200, body = {}, headers, delivery = 'whole' }: Scripted): void {
  if (delivery === 'hang') return
  const whole = typeof body === 'string' ? body : JSON.stringify(body)
  const sent = headers ?? { 'content-type': 'application/json' }
  if (delivery === 'whole') {
    response.writeHead(status, sent).end(whole)
    return
  }
  response.writeHead(status, { ...sent, 'content-length': String(Buffer.byteLength(whole)) })
  response.write(whole.slice(0, Math.ceil(whole.length / 2)), () => {
    if (delivery === 'cut') response.destroy()
  })
}
