import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll } from 'vitest'

export type Asked = { path: string; ids: string[]; properties: Record<string, string>[]; token: string | undefined }
export type Scripted = { status?: number; body?: unknown; headers?: Record<string, string> }

/** A HubSpot that answers what the test says, for what the sandbox never does. `asked` is everything it was sent. */
export async function startScripted(answer: (asked: Asked, call: number) => Scripted) {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const body = JSON.parse((await text(request)) || '{}')
    const inputs: { id: string; properties: Record<string, string> }[] = body.inputs ?? []
    const path = request.url ?? ''
    const ask = {
      path,
      ids: inputs.map(({ id }) => id),
      properties: inputs.map(({ properties }) => properties),
      token: request.headers.authorization,
    }
    asked.push(ask)
    const {
      status = 200,
      body: answered = {},
      headers = { 'content-type': 'application/json' },
    } = answer(ask, asked.length)
    response.writeHead(status, headers).end(typeof answered === 'string' ? answered : JSON.stringify(answered))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  afterAll(() => {
    server.closeAllConnections()
    return new Promise((closed) => server.close(closed))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return { url: `http://127.0.0.1:${address.port}`, asked }
}

/** A record as the object endpoints answer it, with no more than has to be there. */
export function wireRecord(id: string, properties: Record<string, string | null> = {}) {
  return { id, properties, createdAt: '2026-11-20T09:00:00Z', updatedAt: '2026-11-20T09:00:00Z' }
}
