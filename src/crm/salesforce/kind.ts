import { createPrivateKey } from 'node:crypto'
import { z } from 'zod'
import type { CrmKind } from '../kind.ts'
import { address, wholeNumber } from '../settings.ts'

/** A key as it stands in one line of the environment, or over several. */
const pem = z
  .string()
  .transform((text) => text.replaceAll('\\n', '\n'))
  .refine(isRsaKey, 'expected an RSA private key in PEM form, without a passphrase')

/**
 * Salesforce, by a connected app: with its secret (client credentials), or with a key for a user (JWT bearer). `URL` is the
 * org's own (My Domain), where tokens are asked for as well. jsforce is loaded when an org is opened, not before.
 */
export const salesforce: CrmKind = {
  objects: ['Contact', 'Lead'],
  settings: z
    .object({
      URL: address,
      CLIENT_ID: z.string(),
      CLIENT_SECRET: z.string().optional(),
      USERNAME: z.string().optional(),
      PRIVATE_KEY: pem.optional(),
      /** Whom an assertion is made out to, where it is not the org itself. */
      AUDIENCE: address.optional(),
      /** How many percent of the org's calls in 24 hours may be used, by all its apps, before background work waits. */
      DAY_PERCENT: wholeNumber.pipe(z.number().min(1).max(100)).optional(),
    })
    .transform(({ URL: url, CLIENT_ID, CLIENT_SECRET, USERNAME, PRIVATE_KEY, AUDIENCE, DAY_PERCENT }, context) => {
      const app = { url, clientId: CLIENT_ID }
      const dayPercent = DAY_PERCENT ?? null
      if (CLIENT_SECRET !== undefined) return { login: { ...app, clientSecret: CLIENT_SECRET }, dayPercent }
      if (USERNAME !== undefined && PRIVATE_KEY !== undefined) {
        const login = { ...app, username: USERNAME, privateKey: PRIVATE_KEY, audience: AUDIENCE ?? url }
        return { login, dayPercent }
      }
      const message = 'is missing; or set USERNAME and PRIVATE_KEY for the JWT bearer flow'
      context.addIssue({ code: 'custom', path: ['CLIENT_SECRET'], message })
      return z.NEVER
    })
    .transform((options) => async (deps, connection) => {
      const { createSalesforce } = await import('./adapter.ts')
      return createSalesforce(deps, { connection, ...options })
    }),
}

function isRsaKey(text: string): boolean {
  try {
    return createPrivateKey(text).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}
