import type { Crm, FieldDraft } from '../../crm/index.ts'
import type { Mapping } from '../../mapping/index.ts'

/** A field by which activities are told apart, as an adapter that logs them names it. */
type Key = { object: string; field: string; kinds: ('call' | 'chat')[]; isThere: boolean }

/** An adapter that logs conversations, and a mapping that asks for it. */
export type Logging = { activities?: { keys(): Promise<Key[]> } }
type Logged = { activity?: { calls: boolean; chats: boolean } }

/**
 * The fields of ours, with unique values, that calls and chats are to be known by in the CRM and that it lacks: only where these
 * mappings log them. Throws what `describe` throws.
 */
export async function missingKeys(crm: Crm & Logging, mappings: readonly (Mapping & Logged)[]): Promise<FieldDraft[]> {
  const logs = (kind: Key['kinds'][number]) =>
    mappings.some(({ activity }) => (kind === 'call' ? activity?.calls : activity?.chats))
  if (!crm.activities || !(logs('call') || logs('chat'))) return []
  const missing = (await crm.activities.keys()).filter((key) => !key.isThere && key.kinds.some(logs))
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
