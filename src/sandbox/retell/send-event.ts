import { sign, symmetric } from 'retell-sdk/lib/webhook_auth'
import type { Account, RetellObject } from './account.ts'

/**
 * Sends a webhook once, signed with the account's key and of now unless another key or time is given. Returns the status it was
 * answered with.
 */
export async function sendEvent(
  { apiKey }: Account,
  to: string,
  event: string,
  object: RetellObject,
  { key = apiKey, at }: { key?: string; at?: number } = {},
): Promise<number> {
  const body = JSON.stringify({ event, [event.startsWith('chat') ? 'chat' : 'call']: object })
  const signature = at === undefined ? await sign(body, key) : await symmetric.sign(body, key, at)
  const headers = { 'content-type': 'application/json', 'x-retell-signature': signature }
  const answer = await fetch(to, { method: 'POST', headers, body })
  await answer.text()
  return answer.status
}
