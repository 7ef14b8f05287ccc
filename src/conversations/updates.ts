import type { Accepted } from './accept-retell.ts'
import type { Conversation } from './types.ts'
import { withoutWords } from './without-transcript.ts'

type Plain = Record<string, unknown>

/** What somebody has set on a conversation since it came in. */
export type Updates = {
  /** In place of what was sent. */
  metadata?: Plain
  /** Of a chat, which names its person in its metadata; null where they do not any more. */
  number?: string | null
  /** `sent` comes back when `over` is taken away. */
  variables?: { sent: Plain; over: Plain }
  /** Laid over what was sent; the custom attributes one by one. */
  raw?: Plain
}

export const keepsNoWords = ({ raw }: Updates): boolean => raw?.data_storage_setting === 'basic_attributes_only'

/** A conversation with what was set on it. Pure; twice is the same. */
export function layOver<Given extends Pick<Conversation, 'metadata' | 'variables' | 'contactNumber' | 'raw'>>(
  conversation: Given,
  updates: Updates,
): Given {
  const { metadata, number, variables } = updates
  return {
    ...conversation,
    ...(metadata && { metadata }),
    ...(number !== undefined && { contactNumber: number }),
    ...(variables && { variables: { ...variables.sent, ...variables.over } }),
    raw: rawWith(conversation.raw, updates),
  }
}

/** The same of one that the vendor sends again, with the updates as they then are. Pure. */
export function sentAgain(accepted: Accepted, updates: Updates | undefined): Accepted {
  if (updates === undefined) return accepted
  const { conversation, turns, words } = accepted
  const { variables } = updates
  const now = { ...updates, ...(variables && { variables: { ...variables, sent: conversation.variables } }) }
  return {
    ...accepted,
    conversation: layOver(conversation, now),
    ...(keepsNoWords(now) ? { turns: [], words: null } : { turns, words }),
    updates: now,
  }
}

/** `raw` lies over the columns in what is shown, so what a column says now must not stand in it too. */
function rawWith(sent: Plain, updates: Updates): Plain {
  const { metadata, retell_llm_dynamic_variables, ...rest } = sent
  const raw: Plain = {
    ...rest,
    ...(metadata !== undefined && updates.metadata === undefined && { metadata }),
    ...(retell_llm_dynamic_variables !== undefined &&
      updates.variables === undefined && { retell_llm_dynamic_variables }),
    ...updates.raw,
  }
  if (updates.raw?.custom_attributes)
    raw.custom_attributes = { ...plain(sent.custom_attributes), ...plain(updates.raw.custom_attributes) }
  return keepsNoWords(updates) ? withoutWords(raw) : raw
}

export function plain(value: unknown): Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
