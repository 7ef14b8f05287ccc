import { createVerify } from 'node:crypto'
import type { HttpReply, HttpRequest } from '../http.ts'
import { asNumber, asObject, asText, type JsonObject } from '../json.ts'
import { VendorRefusal } from '../refusal.ts'
import type { Answer } from '../request-log.ts'
import type { Org } from './org.ts'
import { usersOf } from './users.ts'

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const LOGIN_HOSTS = ['https://login.salesforce.com', 'https://test.salesforce.com']
/** The furthest that an assertion's `exp` may lie ahead. */
const LONGEST_ASSERTION_SECONDS = 300

/** Hands out a session by client credentials or by a signed assertion; neither comes with a refresh token or `expires_in`. */
export function requestToken(org: Org, request: HttpRequest): Answer {
  const form = new URLSearchParams(request.text)
  if (org.settings.logins === 'refused') throw refused('invalid_grant', "user hasn't approved this consumer")
  const grant = form.get('grant_type')
  if (grant === 'client_credentials') checkCredentials(org, form, request.headers.authorization)
  else if (grant === JWT_BEARER) checkAssertion(org, form.get('assertion') ?? '', hostOf(request))
  else throw refused('unsupported_grant_type', 'grant type not supported')
  return { status: 200, body: openSession(org, hostOf(request)) }
}

function refused(error: string, description: string, status = 400): VendorRefusal {
  return new VendorRefusal(description, { status, body: { error, error_description: description } })
}

function checkCredentials(org: Org, form: URLSearchParams, authorization = ''): void {
  const [scheme, basic = ''] = authorization.split(' ')
  const decoded = scheme === 'Basic' ? Buffer.from(basic, 'base64').toString('utf8') : ''
  const [user, ...rest] = decoded.split(':')
  const id = form.get('client_id') ?? user
  const secret = form.get('client_secret') ?? rest.join(':')
  if (id !== org.clientId) throw refused('invalid_client_id', 'client identifier invalid')
  if (secret !== org.clientSecret) throw refused('invalid_client', 'invalid client credentials', 401)
}

function checkAssertion(org: Org, assertion: string, host: string): void {
  const [head = '', payload = '', signature = ''] = assertion.split('.')
  const { iss, sub, aud, exp } = readPart(payload)
  const { jwt, clientId } = org
  if (iss !== clientId) throw refused('invalid_client_id', 'client identifier invalid')
  const signed = jwt && readPart(head).alg === 'RS256'
  const verifier = createVerify('RSA-SHA256').update(`${head}.${payload}`)
  if (!signed || !verifier.verify(jwt.publicKey, signature, 'base64url'))
    throw refused('invalid_grant', 'invalid assertion')
  if (sub !== jwt.username) throw refused('invalid_grant', "user hasn't approved this consumer")
  if (![host, ...LOGIN_HOSTS].includes(asText(aud)?.replace(/\/$/, '') ?? '')) {
    throw refused('invalid_grant', 'audience is invalid')
  }
  const aheadSeconds = (asNumber(exp) ?? 0) - org.clock() / 1_000
  if (aheadSeconds <= 0 || aheadSeconds > LONGEST_ASSERTION_SECONDS)
    throw refused('invalid_grant', 'expired authorization code')
}

function readPart(part: string): JsonObject {
  try {
    return asObject(JSON.parse(Buffer.from(part, 'base64url').toString('utf8')))
  } catch {
    throw refused('invalid_grant', 'invalid assertion')
  }
}

function hostOf({ headers }: HttpRequest): string {
  return `http://${headers.host ?? ''}`
}

function openSession(org: Org, host: string) {
  const token = `${org.orgId.slice(0, 15)}!${randomText(org, 96)}`
  org.sessions.add(token)
  return {
    access_token: token,
    signature: randomText(org, 43),
    scope: 'api',
    instance_url: host,
    id: `${host}/id/${org.orgId}/${org.userId}`,
    token_type: 'Bearer',
    issued_at: String(org.clock()),
  }
}

function randomText(org: Org, length: number): string {
  return Array.from({ length }, () => Math.floor(org.random() * 36).toString(36)).join('')
}

/** The token of a request, where the org still accepts it. */
export function livingToken(org: Org, { headers }: HttpRequest): string | undefined {
  const token = headers.authorization?.replace(/^(Bearer|OAuth) /, '') ?? ''
  return org.settings.sessions === 'accepted' && org.sessions.has(token) ? token : undefined
}

/** Who a token belongs to: the body of the identity address and, in other words, of userinfo. */
export function identity(org: Org, request: HttpRequest): Answer {
  const { name, userType } = usersOf(org.userId).us
  const username = org.jwt?.username ?? 'afterword@example.com'
  return {
    status: 200,
    body: {
      id: `${hostOf(request)}/id/${org.orgId}/${org.userId}`,
      sub: `${hostOf(request)}/id/${org.orgId}/${org.userId}`,
      user_id: org.userId,
      organization_id: org.orgId,
      username,
      preferred_username: username,
      display_name: name,
      name,
      email: username,
      user_type: userType.toUpperCase(),
      zoneinfo: org.timeZone,
      timezone: org.timeZone,
      active: true,
    },
  }
}

/** What the identity addresses say to a token that is none. */
export function badToken(): HttpReply {
  return { status: 403, body: 'Bad_OAuth_Token' }
}
