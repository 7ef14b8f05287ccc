import { z } from 'zod'
import type { CrmKind } from '../kind.ts'
import { address, wholeNumber } from '../settings.ts'

/** HubSpot, by the token of a private app. Its SDK is loaded when an account is opened, not before. */
export const hubspot: CrmKind = {
  objects: ['contacts'],
  settings: z
    .object({
      TOKEN: z.string(),
      URL: address.prefault('https://api.hubapi.com'),
      /** Our own app's id: what HubSpot's history names as the author of our writes. */
      APP_ID: z.string().optional(),
      /** HubSpot allows a private app 190 calls in ten seconds on the Professional tiers, 100 below. */
      PER_TEN_SECONDS: wholeNumber.pipe(z.number().min(1)).prefault('190'),
    })
    .transform(({ TOKEN, URL, APP_ID, PER_TEN_SECONDS }) => async (deps, connection) => {
      const { createHubspot } = await import('./adapter.ts')
      const rate = { perTenSeconds: PER_TEN_SECONDS }
      return createHubspot(deps, { connection, baseUrl: URL, token: TOKEN, ownAppId: APP_ID ?? null, rate })
    }),
}
