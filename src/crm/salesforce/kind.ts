import { createPrivateKey } from 'node:crypto'
import { z } from 'zod'
import type { CrmKind } from '../kind.ts'
import { address } from '../settings.ts'

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
    })
    .transform(({ URL: url, CLIENT_ID, CLIENT_SECRET, USERNAME, PRIVATE_KEY, AUDIENCE }, context) => {
      const app = { url, clientId: CLIENT_ID }
      if (CLIENT_SECRET !== undefined) return { ...app, clientSecret: CLIENT_SECRET }
      if (USERNAME !== undefined && PRIVATE_KEY !== undefined)
        return { ...app, username: USERNAME, privateKey: PRIVATE_KEY, audience: AUDIENCE ?? url }
      const message = 'is missing; or set USERNAME and PRIVATE_KEY for the JWT bearer flow'
      context.addIssue({ code: 'custom', path: ['CLIENT_SECRET'], message })
      return z.NEVER
    })
    .transform((login) => async (deps, connection) => {
      const { createSalesforce } = await import('./adapter.ts')
      return createSalesforce(deps, { connection, login })
    }),
}

function isRsaKey(text: string): boolean {
  try {
    return createPrivateKey(text).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}
