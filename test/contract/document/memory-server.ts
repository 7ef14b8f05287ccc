import { z } from 'zod'
import { AppError } from '../../../src/errors.ts'
import { type HttpReply, startHttpSandbox } from '../../../src/sandbox/http.ts'
import { deadlineMs, type Fault, type RemoteAccount } from '../account.ts'
import { type Document, type RowAnswer, writeRows } from './document.ts'
import type { Store } from './document-crm.ts'

const rowsSchema = z.array(z.object({ id: z.string(), values: z.record(z.string(), z.string().nullable()) }))

/** A document in the memory of a server, spoken to over HTTP: no vendor at all, only the contract. */
export async function startMemoryServer(document: Document, token: string) {
  const faults: Record<'GET' | 'POST', Fault[]> = { GET: [], POST: [] }
  const server = await startHttpSandbox({
    routes: [
      { method: 'GET', path: '/', answer: (request) => answer('GET', request.headers.authorization, () => document) },
      {
        method: 'POST',
        path: '/rows',
        answer: ({ headers, body }) =>
          answer('POST', headers.authorization, () => writeRows(document, rowsSchema.parse(body))),
      },
    ],
  })

  function answer(method: 'GET' | 'POST', authorization: string | undefined, work: () => unknown): HttpReply {
    if (authorization !== token) return { status: 401 }
    switch (faults[method].shift()) {
      case 'error':
        return { status: 503 }
      case 'error_after':
        return { body: work(), status: 502 }
      case 'cut_after':
        return { status: 200, body: work(), delivery: 'cut' }
      case 'hang':
        return { status: 200, delivery: 'hang' }
      case 'hang_after':
        return { status: 200, body: work(), delivery: 'hang' }
      case 'rate_limit':
        return { status: 429 }
      case 'daily_limit':
        return { status: 403 }
      case undefined:
        return { status: 200, body: work() }
    }
  }

  const fail: RemoteAccount['fail'] = async (call, fault, times = 1) => {
    faults[call === 'read' ? 'GET' : 'POST'].push(...Array.from({ length: times }, () => fault))
  }
  return { ...server, fail }
}

/** The store behind that server's address. */
export function httpStore(url: string, token: string): Store {
  async function call(path: string, init: RequestInit = {}): Promise<unknown> {
    const signal = AbortSignal.timeout(deadlineMs)
    const response = await fetch(`${url}${path}`, { ...init, headers: { authorization: token }, signal })
    if (response.status === 401) throw new AppError('crm.credentials', 'stop', 'not let in')
    if (response.status === 429) throw new AppError('crm.rate_limited', 'retry', 'too fast')
    if (response.status === 403) throw new AppError('crm.daily_limit', 'retry', 'enough', { retryAfterMs: 1_000 })
    if (!response.ok) throw new Error(String(response.status))
    return await response.json()
  }
  return {
    read: async () => (await call('/')) as Document,
    write: async (rows) => (await call('/rows', { method: 'POST', body: JSON.stringify(rows) })) as RowAnswer[],
  }
}
