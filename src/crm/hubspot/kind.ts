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
      /** What of the burst and of the day is left to the account's other apps. */
      OTHERS_PERCENT: wholeNumber.pipe(z.number().max(90)).prefault('10'),
      /** The account's calls in a day, where HubSpot does not tell it: for a public app's token. */
      PER_DAY: wholeNumber.pipe(z.number().min(1)).optional(),
    })
    .transform(({ TOKEN, URL, APP_ID, PER_TEN_SECONDS, OTHERS_PERCENT, PER_DAY }) => async (deps, connection) => {
      const { createHubspot } = await import('./adapter.ts')
      const limits = {
        rate: { perTenSeconds: PER_TEN_SECONDS },
        othersPercent: OTHERS_PERCENT,
        perDay: PER_DAY ?? null,
      }
      return createHubspot(deps, { connection, baseUrl: URL, token: TOKEN, ownAppId: APP_ID ?? null, ...limits })
    }),
}
