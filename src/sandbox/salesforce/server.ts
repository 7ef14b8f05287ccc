import { type HttpSandbox, startHttpSandbox } from '../http.ts'
import { type Admin, createAdmin } from './admin.ts'
import { adminRoutes } from './admin-routes.ts'
import { idOf } from './ids.ts'
import { routeOf } from './operation.ts'
import { OPERATIONS } from './operations.ts'
import { createOrg, type OrgIdentity } from './org.ts'
import { notFound } from './refusals.ts'
import type { Settings } from './settings.ts'

export type SalesforceSandboxOptions = Partial<Omit<OrgIdentity, 'settings'> & Settings> & {
  /** A free port unless given. */
  port?: number
}

export type SalesforceSandbox = HttpSandbox & Admin & { orgId: string; userId: string }

/** Starts an empty Salesforce org on the loopback address, its own login host; its records live in memory and go with it. */
export async function startSalesforceSandbox(options: SalesforceSandboxOptions = {}): Promise<SalesforceSandbox> {
  const { port = 0, clock = Date.now, seed = 1, jwt = null, ...named } = options
  const { clientId = 'sandbox-salesforce', clientSecret = 'sandbox-salesforce-secret', ...rest } = named
  const { orgId = idOf('00D', 1), userId = idOf('005', 1), timeZone = 'America/Los_Angeles', ...settings } = rest
  const org = createOrg({ clock, seed, jwt, clientId, clientSecret, orgId, userId, timeZone, settings })
  const admin = createAdmin(org)
  const server = await startHttpSandbox({
    port,
    routes: [...adminRoutes(admin), ...OPERATIONS.map((operation) => routeOf(org, operation))],
    notFound: () => notFound().reply,
  })
  return { ...server, ...admin, orgId, userId }
}
