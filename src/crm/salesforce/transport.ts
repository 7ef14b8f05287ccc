import type { HttpRequest, HttpResponse } from 'jsforce'
import { fetchWhole } from '../fetch-whole.ts'
import { lostAnswer, refusalOf, type Usage } from './errors.ts'

export type Send = (request: HttpRequest) => Promise<HttpResponse>

/**
 * Sends one request, once, the body within the deadline too. jsforce's own transport waits half an hour for headers and for
 * ever for a body, follows redirects with the token, and ends the process where a body is cut off (crm.md 6.3).
 * `heed` sees what each answer tells of the org's calls. Every failure is a `SalesforceError`, so jsforce neither renews a session nor reads an error by itself.
 */
export function createSend(options: { deadlineMs: number; fetch: typeof fetch; heed?: (usage: Usage) => void }): Send {
  const { heed, ...whole } = options
  return async ({ url, method, headers = {}, body }) => {
    try {
      // undici counts the body itself.
      const { 'content-length': _length, ...sent } = headers
      const content = typeof body === 'string' && method !== 'GET' ? body : null
      const { status, text, isOk, ...answer } = await fetchWhole(whole, url, { method, headers: sent, body: content })
      const usage = usageOf(answer.headers)
      if (usage) heed?.(usage)
      if (!isOk) throw refusalOf(status, text, usage)
      return { statusCode: status, headers: Object.fromEntries(answer.headers), body: text }
    } catch (error) {
      throw lostAnswer(error, options.deadlineMs)
    }
  }
}

/** `Sforce-Limit-Info: api-usage=18/15000`, with others beside it. */
function usageOf(headers: Headers): Usage | null {
  const [, used, most] = /(?:^|[ ;,])api-usage=(\d+)\/(\d+)/.exec(headers.get('sforce-limit-info') ?? '') ?? []
  return used === undefined || most === undefined ? null : { used: Number(used), most: Number(most) }
}
