import { verify } from 'retell-sdk/lib/webhook_auth'

/** A key that signs webhooks, and the account it belongs to. */
export type WebhookKey = { account: string; key: string }

/**
 * The account whose key has signed exactly this body within the last five minutes, as the source product's own SDK verifies it; undefined:
 * nobody's. @see reference/retell.md 2.7
 */
export async function verifyRetell(
  keys: readonly WebhookKey[],
  body: string,
  signature: string | undefined,
): Promise<string | undefined> {
  if (signature === undefined) return undefined
  for (const { account, key } of keys) if (await verify(body, key, signature)) return account
  return undefined
}
