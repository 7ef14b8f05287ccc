import { type ServerType, serve } from '@hono/node-server'
import { AppError } from '../errors.ts'

const drainMs = 3_000

export type Listening = { url: string; close(): Promise<void> }

/** Answers on `port`, or where that is taken on the next free one; 0 takes any. `close` waits for requests under way. */
export async function listen(
  app: { fetch: Parameters<typeof serve>[0]['fetch'] },
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  const server = await firstFree(port, (candidate) => serve({ fetch: app.fetch, hostname: host, port: candidate }))
  const address = server.address()
  const listening = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listening}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        // A stream of events never ends by itself.
        const cut = () => 'closeAllConnections' in server && server.closeAllConnections()
        setTimeout(cut, drainMs).unref()
      }),
  }
}

async function firstFree(port: number, start: (candidate: number) => ServerType): Promise<ServerType> {
  const server = start(port)
  return new Promise((resolve, reject) => {
    server.once('listening', () => resolve(server))
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE' && port > 0 && port < 65_535
      if (isTaken) resolve(firstFree(port + 1, start))
      else
        reject(
          new AppError('http.no_port', 'stop', `cannot listen on port ${port}: ${error.message}`, { cause: error }),
        )
    })
  })
}
