import type { Needs } from '../contract.ts'

/** The scopes an app needs for an object, by HubSpot's own names (its OpenAPI documents, `security` of each operation). */
export function scopesFor(object: string, { writes }: Pick<Needs, 'writes'>): string[] {
  const read = [`crm.objects.${object}.read`, `crm.schemas.${object}.read`]
  return writes ? [...read, `crm.objects.${object}.write`] : read
}
