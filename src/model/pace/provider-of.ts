import { createHash } from 'node:crypto'
import type { ModelProfile } from '../profile.ts'

/** Whose rate and credit a call uses: the endpoint and the key. A new key begins anew; the key itself is not told. */
export function providerOf({ baseUrl, apiKey }: Pick<ModelProfile, 'baseUrl' | 'apiKey'>): string {
  return `${baseUrl}#${createHash('sha256').update(apiKey).digest('hex').slice(0, 8)}`
}
