import type { ActivityKey, Crm, FieldDraft } from '../../crm/index.ts'
import type { Mapping } from '../../mapping/index.ts'

/**
 * The fields of ours, with unique values, that calls and chats are to be known by in the CRM and that it lacks: only where these
 * mappings log them. Throws what `describe` throws.
 */
export async function missingKeys(crm: Crm, mappings: readonly Mapping[]): Promise<FieldDraft[]> {
  const logs = (kind: ActivityKey['kinds'][number]) =>
    mappings.some(({ activity }) => (kind === 'call' ? activity?.calls : activity?.chats))
  const kinds = (['call', 'chat'] as const).filter(logs)
  if (!crm.activities || kinds.length === 0) return []
  const missing = (await crm.activities.keys(kinds)).filter((key) => !key.isThere)
  return missing.map(({ object, field: name }) => ({
    object,
    name,
    label: 'Afterword conversation',
    description: 'The conversation that Afterword has logged here: never two with the same.',
    kind: 'text',
    isLong: false,
    options: null,
    isUnique: true,
  }))
}
