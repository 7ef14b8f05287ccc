import { type ClientRequest, request as plain } from 'node:http'
import { request as secure } from 'node:https'
import { Readable } from 'node:stream'

/**
 * `fetch` for answers that may be a quarter of an hour away: the built-in one gives up after five minutes without headers, or without
 * a part of the body (reference/llm.md 1.3), and only another package could tell it otherwise. Here the signal alone ends the wait. Sends
 * texts, follows no redirect.
 */
export const patientFetch: typeof fetch = (input, init = {}) => {
  const url = new URL(input instanceof Request ? input.url : input)
  const { method = 'GET', body, signal } = init
  if (body !== undefined && body !== null && typeof body !== 'string') throw new TypeError('the body is no text')
  const headers = Object.fromEntries(new Headers(init.headers))
  const options = { method, headers, ...(signal && { signal }) }
  return new Promise((resolve, reject) => {
    const sent = url.protocol === 'https:' ? secure(url, options) : plain(url, options)
    keepAlive(sent)
    sent.once('error', reject)
    sent.once('response', (message) => {
      const pairs = message.rawHeaders.flatMap((name, place): [string, string][] =>
        place % 2 === 0 ? [[name, message.rawHeaders[place + 1] ?? '']] : [],
      )
      const { statusCode: status = 0, statusMessage: statusText = '' } = message
      const isEmpty = status === 204 || status === 304
      resolve(new Response(isEmpty ? null : Readable.toWeb(message), { status, statusText, headers: pairs }))
    })
    sent.end(body ?? undefined)
  })
}

/** Nothing is said on the connection for minutes: what stands between must not take it for dead, nor we a dead one for alive. */
function keepAlive(sent: ClientRequest): void {
  sent.setSocketKeepAlive(true, 30_000)
}
