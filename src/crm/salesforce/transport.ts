import type { HttpRequest, HttpResponse } from 'jsforce'
import { lostAnswer, refusalOf, type Usage } from './errors.ts'

export type Send = (request: HttpRequest) => Promise<HttpResponse>

/**
 * Sends one request, once, the body within the deadline too. jsforce's own transport waits half an hour for headers and for
 * ever for a body, follows redirects with the token, and ends the process where a body is cut off (crm.md 6.3).
 * Every failure is a `SalesforceError`, so jsforce neither renews a session nor reads an error by itself.
 */
export function createSend(options: { deadlineMs: number; fetch: typeof fetch }): Send {
  const { deadlineMs, fetch } = options
  return async ({ url, method, headers = {}, body }) => {
    try {
      // undici counts the body itself.
      const { 'content-length': _length, ...sent } = headers
      const response = await fetch(url, {
        method,
        headers: sent,
        body: typeof body === 'string' && method !== 'GET' ? body : null,
        redirect: 'manual',
        signal: AbortSignal.timeout(deadlineMs),
      })
      const usage = usageOf(response.headers)
      const text = await response.text()
      if (!response.ok) throw refusalOf(response.status, text, usage)
      return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: text }
    } catch (error) {
      throw lostAnswer(error, deadlineMs)
    }
  }
}

/** `Sforce-Limit-Info: api-usage=18/15000`, with others beside it. */
function usageOf(headers: Headers): Usage | null {
  const [, used, most] = /(?:^|[ ;,])api-usage=(\d+)\/(\d+)/.exec(headers.get('sforce-limit-info') ?? '') ?? []
  return used === undefined || most === undefined ? null : { used: Number(used), most: Number(most) }
}
