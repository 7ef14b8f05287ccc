import { type StorageSetting, storageSettings } from '../agents/index.ts'
import { type Actor, recordEntry } from '../audit/index.ts'
import { ensureContacts, erasureLock, selectForgotten, toE164 } from '../contacts/index.ts'
import { type Db, shareUntilEnd, transact } from '../db/index.ts'
import { AppError, notFound } from '../errors.ts'
import type { ConversationsAnnouncements } from './announcements.ts'
import { keysOfPerson } from './keys-of-person.ts'
import { isNestedDeeperThan, mostNesting } from './nesting.ts'
import type { Conversation } from './types.ts'
import { lockForUpdate, saveUpdates } from './update-store.ts'
import { layOver, plain, type Updates } from './updates.ts'

export type ConversationUpdate = {
  /** In place of the metadata there is; null takes them away. */
  metadata?: Record<string, unknown> | null | undefined
  /** Each is set; those that are not named stay. */
  customAttributes?: Record<string, string | number | boolean> | undefined
  /** Never less restrictive than it is. The most restrictive one removes the transcript for good. */
  storageSetting?: StorageSetting | undefined
  /** Each is laid over the variable that was sent; null takes all that were laid over away. */
  overrideVariables?: Record<string, string> | null | undefined
}

/** @see retell-sdk 5.66.1, resources/call.ts: "Size limited to 50kB max" */
const mostMetadataBytes = 50 * 1024

/**
 * Sets what people may set on a conversation of this kind. Updates at one moment come after each other, and none takes back what
 * another has set elsewhere; what the vendor sends later does not either. One that names a record now, and had none, is linked to it.
 * Twice is safe. Throws `conversation.not_found` (404), and `conversation.update_invalid` (400) with what would be right.
 */
export async function updateConversation(
  deps: { db: Db; next: Pick<ConversationsAnnouncements, 'conversationUpdated'>; defaultCountry: string },
  input: { id: string; kind: Conversation['kind']; update: ConversationUpdate; actor: Actor },
): Promise<void> {
  const { id, kind, update, actor } = input
  checkMetadata(update.metadata ?? {})
  await transact(deps.db, async (trx) => {
    await shareUntilEnd(trx, erasureLock)
    const found = await lockForUpdate(trx, id)
    if (found?.conversation.kind !== kind) throw notFound('conversation', id)
    const updates = merged(found, update, deps.defaultCountry)
    const conversation = layOver(withoutOverrides(found, update), updates)
    const isForgotten = await selectForgotten(trx, keysOfPerson(conversation))
    if (keysOfPerson(conversation).some(isForgotten)) throw invalid('it names a person who was erased')
    const { contactNumber } = conversation
    const contacts = await ensureContacts(trx, contactNumber === null ? [] : [contactNumber])
    const contactId = contactNumber === null ? null : (contacts.get(contactNumber) ?? null)
    await saveUpdates(trx, { ...conversation, contactId }, updates)
    await recordEntry(trx, {
      actor,
      action: 'conversation.updated',
      subject: { kind: 'conversation', id },
      after: { set: Object.keys(update).filter((name) => Object(update)[name] !== undefined) },
    })
    await deps.next.conversationUpdated(trx, { conversationId: id })
  })
}

type Found = { conversation: Conversation; updates: Updates }

/** What is set now, by this update and by those before it. */
function merged({ conversation, updates }: Found, update: ConversationUpdate, defaultCountry: string): Updates {
  const { metadata, customAttributes, storageSetting, overrideVariables } = update
  const { variables, ...others } = updates
  const standing = overrideVariables === null || variables === undefined ? {} : { variables }
  const raw = {
    ...updates.raw,
    ...(customAttributes && {
      custom_attributes: { ...plain(updates.raw?.custom_attributes), ...customAttributes },
    }),
    ...(storageSetting && { data_storage_setting: notLess(storageSetting, conversation.raw.data_storage_setting) }),
  }
  return {
    ...others,
    ...standing,
    ...(metadata !== undefined && { metadata: metadata ?? {} }),
    ...(metadata !== undefined &&
      conversation.kind === 'chat' && { number: numberIn(plain(metadata).phone_number, defaultCountry) }),
    ...(overrideVariables && {
      variables: {
        sent: variables?.sent ?? conversation.variables,
        over: { ...variables?.over, ...overrideVariables },
      },
    }),
    ...(Object.keys(raw).length > 0 && { raw }),
  }
}

/** The conversation as it was sent, as far as this update takes something back. */
function withoutOverrides({ conversation, updates }: Found, { overrideVariables }: ConversationUpdate): Conversation {
  return overrideVariables === null && updates.variables
    ? { ...conversation, variables: updates.variables.sent }
    : conversation
}

function notLess(wanted: StorageSetting, stands: unknown): StorageSetting {
  const keepingLess: readonly unknown[] = storageSettings.slice(storageSettings.indexOf(wanted) + 1)
  if (!keepingLess.includes(stands)) return wanted
  throw invalid(`data_storage_setting: it is ${stands} already, and cannot become ${wanted}, which keeps more`)
}

function numberIn(value: unknown, defaultCountry: string): string | null {
  return typeof value === 'string' ? toE164(value, defaultCountry) : null
}

function checkMetadata(metadata: Record<string, unknown>): void {
  if (isNestedDeeperThan(metadata, mostNesting))
    throw invalid(`metadata: is nested more than ${mostNesting} levels deep`)
  const bytes = Buffer.byteLength(JSON.stringify(metadata))
  if (bytes > mostMetadataBytes) throw invalid(`metadata: ${bytes} bytes as JSON, and at most ${mostMetadataBytes} fit`)
}

function invalid(message: string): AppError {
  return new AppError('conversation.update_invalid', 'skip', message, { status: 400 })
}
