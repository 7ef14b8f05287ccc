export type WholeAnswer = { status: number; headers: Headers; text: string; isOk: boolean }

/**
 * Sends one request, once, and reads its answer, the whole body within the deadline too. Redirects are not followed: one would
 * take the token, and perhaps a write, to an address nobody configured. `heed` sees the headers of every answer, also where its
 * body is lost. Throws what `fetch` throws.
 */
export async function fetchWhole(
  deps: { fetch: typeof fetch; deadlineMs: number; heed?: (headers: Headers) => void },
  url: string,
  request: { method: string; headers: Record<string, string>; body: string | null },
): Promise<WholeAnswer> {
  const { fetch, deadlineMs, heed } = deps
  const answer = await fetch(url, { ...request, redirect: 'manual', signal: AbortSignal.timeout(deadlineMs) })
  heed?.(answer.headers)
  return { status: answer.status, headers: answer.headers, text: await answer.text(), isOk: answer.ok }
}
