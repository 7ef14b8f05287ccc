import { type HttpSandbox, startHttpSandbox } from '../http.ts'
import { type Admin, createAdmin } from './admin.ts'
import { adminRoutes } from './admin-routes.ts'
import { oauthRoutes } from './oauth.ts'
import { routeOf } from './operation.ts'
import { OPERATIONS } from './operations.ts'
import { createPortal } from './portal.ts'
import { Refusal } from './refusals.ts'
import type { Settings } from './settings.ts'

export type HubspotSandboxOptions = Partial<Settings> & {
  /** A free port unless given. */
  port?: number
  /** Epoch milliseconds; the machine's clock unless given. */
  clock?: () => number
  /** Decides the order of batch results. */
  seed?: number
  /** The access token that is accepted. */
  token?: string
  /** The app that the account has installed, for those who come by OAuth. */
  app?: { clientId: string; clientSecret: string; refreshToken: string }
  /** Who our writes are in the property history. */
  appId?: string
  portalId?: number
  /** The account's IANA zone, in which its day begins. */
  timeZone?: string
}

export type HubspotSandbox = HttpSandbox & Admin

const installedApp = {
  clientId: 'sandbox-hubspot-app',
  clientSecret: 'sandbox-hubspot-app-secret',
  refreshToken: 'sandbox-hubspot-refresh',
}

/** Starts an empty HubSpot account on the loopback address; its contacts live in memory and go with it. */
export async function startHubspotSandbox(options: HubspotSandboxOptions = {}): Promise<HubspotSandbox> {
  const { port = 0, clock = Date.now, seed = 1, token = 'sandbox-hubspot', appId = '19083857', ...others } = options
  const { app = installedApp, ...rest } = others
  const { portalId = 44_237_313, timeZone = 'America/New_York', ...settings } = rest
  const portal = createPortal({ clock, seed, token, app, appId, portalId, timeZone, settings })
  const admin = createAdmin(portal)
  const server = await startHttpSandbox({
    port,
    routes: [
      ...adminRoutes(admin),
      ...oauthRoutes(portal),
      ...OPERATIONS.map((operation) => routeOf(portal, operation)),
    ],
    latencyMs: ({ path }) => (path.startsWith('/__admin') ? 0 : portal.settings.latencyMs),
    notFound: () => new Refusal(404, 'OBJECT_NOT_FOUND', 'Unable to find a resource at this address').reply,
  })
  return { ...server, ...admin }
}
