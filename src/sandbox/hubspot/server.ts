import { type HttpSandbox, startHttpSandbox } from '../http.ts'
import { type Admin, createAdmin } from './admin.ts'
import { adminRoutes } from './admin-routes.ts'
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
  /** Who our writes are in the property history. */
  appId?: string
  portalId?: number
  /** The account's IANA zone, in which its day begins. */
  timeZone?: string
}

export type HubspotSandbox = HttpSandbox & Admin

/** Starts an empty HubSpot account on the loopback address; its contacts live in memory and go with it. */
export async function startHubspotSandbox(options: HubspotSandboxOptions = {}): Promise<HubspotSandbox> {
  const { port = 0, clock = Date.now, seed = 1, token = 'sandbox-hubspot', appId = '19083857', ...rest } = options
  const { portalId = 44_237_313, timeZone = 'America/New_York', ...settings } = rest
  const portal = createPortal({ clock, seed, token, appId, portalId, timeZone, settings })
  const admin = createAdmin(portal)
  const server = await startHttpSandbox({
    port,
    routes: [...adminRoutes(admin), ...OPERATIONS.map((operation) => routeOf(portal, operation))],
    latencyMs: ({ path }) => (path.startsWith('/__admin') ? 0 : portal.settings.latencyMs),
    notFound: () => new Refusal(404, 'OBJECT_NOT_FOUND', 'Unable to find a resource at this address').reply,
  })
  return { ...server, ...admin }
}
