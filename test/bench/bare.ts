/** One request as it went out, ready to go out again. */
export type Sent = { url: string; init: RequestInit }

/** Notes every request that this process sends to a vendor from now on: clients made from now on, all their lives. */
export function noteRequests(): Sent[] {
  const sent: Sent[] = []
  const { fetch } = globalThis
  globalThis.fetch = (input, init = {}) => {
    const { signal: _spent, ...rest } = init
    sent.push({ url: String(input), init: rest })
    return fetch(input, init)
  }
  return sent
}

/** Sends the same requests again with nothing but `fetch`, so many at a time. */
export async function sendAgain(requests: readonly Sent[], concurrency: number): Promise<void> {
  const waiting = [...requests]
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const response = await fetch(next.url, next.init)
      await response.text()
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
}

export function isModelCall({ url }: Sent): boolean {
  return url.endsWith('/chat/completions')
}

/** The calls a push makes: not those that ask what fields there are, or whose account it is. */
export function isBatchCall({ url }: Sent): boolean {
  return url.includes('/batch/')
}
