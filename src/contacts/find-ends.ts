import type { Crm, GoneRecord } from '../crm/index.ts'

/** How records have ended that a CRM reads no more: they are gone, unless it tells what they live on as. */
export async function findEnds(crm: Crm, object: string, externalIds: string[]): Promise<GoneRecord[]> {
  if (externalIds.length === 0) return []
  const told = new Map((await crm.ends?.(object, externalIds))?.map((end) => [end.externalId, end]))
  return externalIds.map((externalId) => told.get(externalId) ?? { externalId, became: null })
}
