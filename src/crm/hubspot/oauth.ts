import { z } from 'zod'
import type { Db } from '../../db/index.ts'
import { fetchWhole } from '../fetch-whole.ts'
import { parseJson } from '../parse-json.ts'
import { type Grant, sharedTokens, type TokenSource } from '../tokens/shared-tokens.ts'
import { HubspotError, lostAnswer, refusalOf } from './errors.ts'

/** An app that the account has installed, and the refresh token that this gave it. */
export type OAuthApp = { clientId: string; clientSecret: string; refreshToken: string }

/** The dated address: HubSpot ends `/oauth/v1/token`, which its SDK still calls, on 2027-02-16 (crm.md 1.1). */
const tokenPath = '/oauth/2026-03/token'
const introspectPath = `${tokenPath}/introspect`

const grantSchema = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).nullish(),
  expires_in: z.number().positive(),
})

/** `app_id` as in the metadata of v1 tokens; what the dated address answers is told nowhere in full. */
const introspectedSchema = z.object({ app_id: z.number(), scopes: z.array(z.string()).nullable().catch(null) })

/** Only its words: a refusal may quote what it was sent. */
const refusalSchema = z.object({
  error: z.string().regex(/^\w+$/).optional().catch(undefined),
  status: z.string().regex(/^\w+$/).optional().catch(undefined),
})

type Options = { connection: string; baseUrl: string; app: OAuthApp; deadlineMs: number }

/** HubSpot's tokens of an installed app, renewed by one process for all. Its failures are `HubspotError`s. */
export function createTokens(
  { db, secret, fetch }: { db: Db; secret: string; fetch: typeof globalThis.fetch },
  { connection, baseUrl, app, deadlineMs }: Options,
): TokenSource & { introspect(): Promise<{ appId: number; scopes: string[] | null } | null> } {
  const { clientId, clientSecret, refreshToken } = app
  const url = baseUrl.replace(/\/+$/, '')

  /** What passes is thrown: whatever needs the answer has not been sent, and may be asked again. `lack` says what is missing then. */
  async function post(path: string, form: Record<string, string>, lack: string) {
    const body = new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await fetchWhole({ deadlineMs, fetch }, `${url}${path}`, { method: 'POST', headers, body }).catch(
      (error: unknown) => {
        throw new HubspotError('busy', `${lack}: ${lostAnswer(error, deadlineMs).message}`)
      },
    )
    const { status, text, isOk } = answer
    if (!isOk && (status < 400 || status === 408 || status === 429 || status >= 500)) {
      const { retryAfterMs } = refusalOf(status, answer.headers, text).detail
      throw new HubspotError('busy', `${lack}: HubSpot answered ${status}`, { status, retryAfterMs })
    }
    return { status, text, isOk }
  }

  async function renew(token: string): Promise<Grant> {
    const lack = 'no new token'
    const { status, text, isOk } = await post(tokenPath, { grant_type: 'refresh_token', refresh_token: token }, lack)
    const granted = isOk ? grantSchema.safeParse(parseJson(text)).data : undefined
    if (granted) {
      const { access_token: accessToken, refresh_token: next = null, expires_in: seconds } = granted
      return { accessToken, refreshToken: next, lifeMs: seconds * 1000 }
    }
    if (isOk) throw new HubspotError('busy', `${lack}: HubSpot answered ${status}`, { status })
    const said = refusalSchema.safeParse(parseJson(text)).data
    const word = said?.error ?? said?.status ?? 'without a word'
    throw new HubspotError('credentials', `HubSpot gives no new token: ${status} ${word}`, { status, grant: word })
  }

  const shared = sharedTokens({ db, secret }, { connection, app: JSON.stringify([url, clientId]), refreshToken, renew })
  const source: TokenSource = {
    current: () => shared.current().catch(notHad),
    instead: (refused) => shared.instead(refused).catch(notHad),
  }
  return {
    ...source,
    async introspect() {
      const form = { token: await source.current(), token_type_hint: 'access_token' }
      const { text, isOk } = await post(introspectPath, form, 'no word about the token')
      const told = isOk ? introspectedSchema.safeParse(parseJson(text)).data : undefined
      return told ? { appId: told.app_id, scopes: told.scopes } : null
    },
  }
}

/** Whatever needs the token has not been sent: that the database keeps it from us is no lost answer of HubSpot's. */
function notHad(error: unknown): never {
  if (error instanceof HubspotError) throw error
  throw new HubspotError('busy', 'no token: the database did not answer', { cause: error })
}
