import { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { CrmKind } from '../kind.ts'
import { address, wholeNumber } from '../settings.ts'
import type { OAuthApp } from './oauth.ts'

/** HubSpot, by the token of a private app or as an app that the account has installed. Its SDK is loaded when an account is opened, not before. */
export const hubspot: CrmKind = {
  objects: ['contacts'],
  settings: z
    .object({
      /** Of a private app. */
      TOKEN: z.string().optional(),
      /** Of an app that the account has installed (OAuth), with the refresh token which that gave. */
      CLIENT_ID: z.string().optional(),
      CLIENT_SECRET: z.string().optional(),
      REFRESH_TOKEN: z.string().optional(),
      URL: address.prefault('https://api.hubapi.com'),
      /** Our own app's id: what HubSpot's history names as the author of our writes. */
      APP_ID: z.string().optional(),
      /** HubSpot allows a private app 190 calls in ten seconds on the Professional tiers, 100 below; an installed one 110. */
      PER_TEN_SECONDS: wholeNumber.pipe(z.number().min(1)).optional(),
      /** What of the burst and of the day is left to the account's other apps. */
      OTHERS_PERCENT: wholeNumber.pipe(z.number().max(90)).prefault('10'),
      /** The account's calls in a day, where HubSpot does not tell it: for an installed app. */
      PER_DAY: wholeNumber.pipe(z.number().min(1)).optional(),
    })
    // Told beside whatever else is wrong, not only when the rest is right.
    .refine((given) => given.TOKEN !== undefined || installedAppOf(given) !== null, {
      path: ['TOKEN'],
      message: 'is missing; or set CLIENT_ID, CLIENT_SECRET and REFRESH_TOKEN of an installed app',
      when: () => true,
    })
    .transform((given) => {
      const { TOKEN: token, URL: baseUrl, APP_ID: ownAppId = null, PER_TEN_SECONDS: most } = given
      const { OTHERS_PERCENT: othersPercent, PER_DAY: perDay = null } = given
      const account = (usual: number) => {
        return { baseUrl, ownAppId, rate: { perTenSeconds: most ?? usual }, othersPercent, perDay }
      }
      const app = installedAppOf(given)
      return token === undefined && app ? { ...account(110), app } : { ...account(190), token: token ?? '' }
    })
    .transform((account) => async (deps, connection) => {
      const { createHubspot } = await import('./adapter.ts')
      if ('token' in account) return createHubspot(deps, { connection, ...account })
      const { app, ...rest } = account
      return createHubspot(deps, { connection, ...rest, token: { app, secret: secretFor(connection, deps.secret) } })
    }),
}

function installedAppOf(given: {
  CLIENT_ID?: unknown
  CLIENT_SECRET?: unknown
  REFRESH_TOKEN?: unknown
}): OAuthApp | null {
  const { CLIENT_ID: clientId, CLIENT_SECRET: clientSecret, REFRESH_TOKEN: refreshToken } = given
  if (typeof clientId !== 'string' || typeof clientSecret !== 'string' || typeof refreshToken !== 'string') return null
  return { clientId, clientSecret, refreshToken }
}

/** HubSpot's tokens change: they are kept in the database, and never as they are. */
function secretFor(connection: string, secret: string | null | undefined): string {
  if (secret) return secret
  const message = `connection ${connection}: the tokens of an installed app are kept in the database, sealed: set AFTERWORD_SECRET to a random text of 32 characters or more`
  throw new AppError('config.invalid', 'stop', message)
}
