import { createSign } from 'node:crypto'
import type { Connection } from 'jsforce'
import { SalesforceError } from './errors.ts'
import { toLongId } from './ids.ts'
import { createConnection, createOAuth2 } from './sdk.ts'
import type { Send } from './transport.ts'
import { tokenSchema } from './wire.ts'

/** How we are let in: a client secret, or a key with which we speak for a user (JWT bearer). */
export type Login = { url: string; clientId: string } & (
  | { clientSecret: string }
  | { username: string; privateKey: string; audience: string }
)

/** Who we are in an org, and the way to it. */
export type Session = { connection: Connection; orgId: string; userId: string }

/** An assertion is good for five minutes at most; ours is used at once. */
const assertionSeconds = 180

/**
 * A session that is opened when it is first asked for. A refused token is renewed once per piece of work, by one renewal for
 * all that wait: where the new one is refused as well, that is an error (jsforce renews for ever, crm.md 6.3).
 */
export function createSessions(send: Send, login: Login) {
  let current: Promise<Session> | undefined

  function open(): Promise<Session> {
    const opening = requestSession(send, login).catch((error: unknown) => {
      throw notOpened(error)
    })
    current = opening
    // A failure is not remembered.
    opening.catch(() => {
      if (current === opening) current = undefined
    })
    return opening
  }

  return {
    async withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
      const used = current ?? open()
      try {
        return await work(await used)
      } catch (error) {
        if (!(error instanceof SalesforceError) || error.kind !== 'session') throw error
      }
      // Whoever found the same token refused before us has renewed it already.
      const renewed = await (current === used ? open() : (current ?? open()))
      return await work(renewed)
    },
  }
}

/** A login that was not answered is no lost write: nothing has been sent yet. */
function notOpened(error: unknown): SalesforceError {
  if (!(error instanceof SalesforceError))
    return new SalesforceError('unopened', 'the answer to a login could not be read')
  const { kind, message, detail } = error
  if (kind === 'lost') return new SalesforceError('unopened', `no session: ${message}`, detail)
  // No token endpoint there, or none for us.
  return kind === 'refused' ? new SalesforceError('credentials', message, detail) : error
}

async function requestSession(send: Send, login: Login): Promise<Session> {
  const { url: loginUrl, clientId } = login
  const app = 'clientSecret' in login ? { clientSecret: login.clientSecret } : {}
  const token = await createOAuth2(send, { loginUrl, clientId, ...app }).requestToken(grantOf(login))
  const { access_token: accessToken, instance_url: instanceUrl, id } = tokenSchema.parse(token)
  const [orgId = '', userId = ''] = id.split('/').slice(-2)
  const connection = createConnection(send, { instanceUrl: instanceUrl.replace(/\/+$/, ''), accessToken })
  return { connection, orgId: toLongId(orgId), userId: toLongId(userId) }
}

function grantOf(login: Login): Record<string, string> & { grant_type: string } {
  if ('clientSecret' in login) return { grant_type: 'client_credentials' }
  return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: assertionOf(login) }
}

function assertionOf(login: Extract<Login, { privateKey: string }>): string {
  const { clientId: iss, username: sub, audience: aud, privateKey } = login
  const exp = Math.floor(Date.now() / 1000) + assertionSeconds
  const parts = [{ alg: 'RS256' }, { iss, sub, aud, exp }].map((part) => encoded(JSON.stringify(part)))
  const signed = parts.join('.')
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url')
}
