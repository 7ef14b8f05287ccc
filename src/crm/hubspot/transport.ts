import { fetchWhole } from '../fetch-whole.ts'
import type { TokenSource } from '../tokens/shared-tokens.ts'
import { lostAnswer, refusalOf } from './errors.ts'

export type Request = { method: string; url: string; headers?: Record<string, string>; body?: string | undefined }
export type Answer = { status: number; text: string }
export type Transport = (request: Request) => Promise<Answer>

/** What the SDK knows how to read; anything else that is not an error reads as a lost answer. */
const READABLE = [200, 201, 204, 207]

/**
 * Sends one request, once: the body has to be there within the deadline too (the SDK has none at all, hubspot-api-nodejs #387).
 * Every failure is a `HubspotError`. `heed` sees the headers of every answer before its body is read.
 */
export function createTransport(options: {
  tokens: TokenSource
  deadlineMs: number
  fetch: typeof fetch
  heed: (headers: Headers) => void
}): Transport {
  const { tokens, deadlineMs } = options
  return async ({ method, url, headers, body }) => {
    const send = (token: string) => {
      const authorized = { ...headers, authorization: `Bearer ${token}` }
      return fetchWhole(options, url, { method, headers: authorized, body: body ?? null })
    }
    try {
      const token = await tokens.current()
      const first = await send(token)
      // Refused as a whole, so nothing was done: once more with another token, and never a third time.
      const other = first.status === 401 ? await tokens.instead(token) : token
      const answer = other === token ? first : await send(other)
      if (!READABLE.includes(answer.status)) throw refusalOf(answer.status, answer.headers, answer.text)
      return answer
    } catch (error) {
      throw lostAnswer(error, deadlineMs)
    }
  }
}
