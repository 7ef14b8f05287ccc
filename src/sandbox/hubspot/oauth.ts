import { randomUUID } from 'node:crypto'
import type { HttpRequest, HttpRoute } from '../http.ts'
import { refusable, VendorRefusal } from '../refusal.ts'
import { type Answer, countRequest } from '../request-log.ts'
import { answerFaulty, takeFaultOf } from './faults.ts'
import type { OperationName } from './operation.ts'
import type { Portal } from './portal.ts'

const TOKEN = '/oauth/2026-03/token'
const FORM = 'application/x-www-form-urlencoded'

/** The app that the account has installed; its tokens are asked for with a form, outside all rate limits. */
export function oauthRoutes(portal: Portal): HttpRoute[] {
  return [
    routeOf(portal, 'oauth.token', TOKEN, refresh),
    routeOf(portal, 'oauth.introspect', `${TOKEN}/introspect`, introspect),
  ]
}

function routeOf(
  portal: Portal,
  name: OperationName,
  path: string,
  work: (portal: Portal, form: URLSearchParams) => Answer,
): HttpRoute {
  return {
    method: 'POST',
    path,
    answer(request) {
      const asked = () => refusable(() => work(portal, requireForm(portal, request)))
      const fault = takeFaultOf(portal, name)
      const answer = fault ? answerFaulty(fault, asked) : asked()
      countRequest(portal.log, name, answer)
      return answer
    },
  }
}

/** Parameters count in the body only: the dated endpoints read none from the address. */
function requireForm(portal: Portal, { headers, text }: HttpRequest): URLSearchParams {
  if (!headers['content-type']?.startsWith(FORM))
    throw refused('invalid_request', 'BAD_REQUEST', `expected ${FORM}`, 415)
  const form = new URLSearchParams(text)
  const { clientId, clientSecret } = portal.app
  if (form.get('client_id') !== clientId)
    throw refused('invalid_client', 'BAD_CLIENT_ID', 'missing or unknown client id')
  if (form.get('client_secret') !== clientSecret)
    throw refused('invalid_client', 'BAD_CLIENT_SECRET', 'missing or invalid client secret', 401)
  return form
}

/** Words of RFC 6749 beside the `status` that HubSpot's token endpoint has always had (`BAD_REFRESH_TOKEN`, seen in the field). */
function refused(error: string, status: string, message: string, code = 400): VendorRefusal {
  const body = { status, message, error, error_description: message, correlationId: randomUUID() }
  return new VendorRefusal(message, { status: code, body })
}

function refresh(portal: Portal, form: URLSearchParams): Answer {
  if (form.get('grant_type') !== 'refresh_token')
    throw refused('unsupported_grant_type', 'BAD_GRANT_TYPE', 'missing or invalid grant type')
  const given = form.get('refresh_token') ?? ''
  if (portal.settings.grants === 'refused' || given !== portal.refreshToken)
    throw refused('invalid_grant', 'BAD_REFRESH_TOKEN', 'missing or invalid refresh token')
  if (portal.settings.rotateRefreshTokens) portal.refreshToken = `refresh-${randomUUID()}`
  const token = `access-${randomUUID()}`
  const seconds = portal.settings.tokenLifeSeconds
  portal.accessTokens.set(token, portal.clock() + seconds * 1000)
  return {
    status: 200,
    body: {
      access_token: token,
      refresh_token: portal.refreshToken,
      expires_in: seconds,
      token_type: 'bearer',
      hub_id: portal.portalId,
      scopes: portal.settings.scopes,
    },
  }
}

function introspect(portal: Portal, form: URLSearchParams): Answer {
  const token = form.get('token') ?? ''
  if (!isLiving(portal, token)) return { status: 200, body: { active: false } }
  const { appId, portalId: hub_id, settings } = portal
  return {
    status: 200,
    body: { active: true, token_type: 'access', app_id: Number(appId), hub_id, scopes: settings.scopes },
  }
}

/** Whether the portal accepts a token: that of its private app, or one it has handed out and that has not ended. */
export function isLiving(portal: Portal, token: string): boolean {
  if (token === portal.token) return true
  const until = portal.accessTokens.get(token)
  return until !== undefined && portal.clock() < until
}
