import type { z } from 'zod'
import { toE164 } from '../contacts/index.ts'
import { contentHash } from './content-hash.ts'
import { difference } from './difference.ts'
import { fromPlain, looksPlain } from './from-plain.ts'
import { isNestedDeeperThan, mostNesting } from './nesting.ts'
import { retellObjectOf, type Said } from './retell-object.ts'
import { callSchema, chatSchema, type RetellCall, type RetellChat, type RetellEntry } from './retell-schema.ts'
import { entriesOf, isSpoken, turnsOf, type Words } from './retell-turns.ts'
import { toolCallsOf } from './tool-calls.ts'
import { transfersOf } from './transfers.ts'
import type { Conversation, Turn } from './types.ts'
import type { Updates } from './updates.ts'

/** A conversation as it will be stored. `contentHash` tells a changed one from one that was only sent again. */
export type Accepted = {
  conversation: Omit<Conversation, 'contactId'>
  agentName: string | null
  turns: Turn[]
  words: Words
  contentHash: string
  /** What was set on it since it came in, where anything was. */
  updates?: Updates
}

/** Why an object is no conversation: one sentence per field, none with a value in it. */
export type Refused = { problems: string[] }

type Options = {
  /** The time of receipt. */
  now: Date
  /** Numbers without a country are read as of this one. */
  defaultCountry: string
  /** Who wrote `agent_transfers`: whoever sent the conversation, unless we have, out of the transfer tools of its agents. */
  transfersBy?: 'sent' | 'tool'
}

/** A call or a chat of the source product as a conversation. Unknown fields are kept in `raw` and returned untouched. Pure. */
export function acceptRetell(input: unknown, options: Options): Accepted | Refused {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return { problems: ['is not a JSON object'] }
  if (isNestedDeeperThan(input, mostNesting)) return { problems: [`is nested more than ${mostNesting} levels deep`] }
  if ('call_id' in input) {
    const call = callSchema.safeParse(input)
    return call.success ? accept(call.data, saidByCall(call.data), callEntries(call.data), options) : refuse(call.error)
  }
  if ('chat_id' in input) {
    const chat = chatSchema.safeParse(input)
    return chat.success ? accept(chat.data, saidByChat(chat.data), chatEntries(chat.data), options) : refuse(chat.error)
  }
  return { problems: ['call_id or chat_id: is missing'] }
}

/** The same of a conversation in the source product's shape or in our own, whichever it is. Pure. */
export function acceptConversation(input: unknown, options: Options): Accepted | Refused {
  if (typeof input !== 'object' || input === null || Array.isArray(input) || !looksPlain(input))
    return acceptRetell(input, options)
  if (isNestedDeeperThan(input, mostNesting)) return { problems: [`is nested more than ${mostNesting} levels deep`] }
  const read = fromPlain(input)
  return 'problems' in read ? read : acceptRetell(read.object, options)
}

function accept(object: RetellCall | RetellChat, said: Said, entries: RetellEntry[], options: Options): Accepted {
  const { turns, words } = turnsOf(entries, said.startedAt?.getTime() ?? null)
  const raw = difference(object, retellObjectOf(said, turns, words))
  const contactNumber = numberOf(said, options.defaultCountry)
  const content = { ...said, contactNumber, raw }
  const transfers = transfersOf(object.agent_transfers, turns, options.transfersBy)
  const moves = transfers.map(({ settingFrom: _, ...move }) => move)
  return {
    conversation: {
      ...content,
      transfers,
      toolCalls: toolCallsOf(turns),
      spokenAt: spokenAt(said, turns, options.now),
      receivedAt: options.now,
    },
    agentName: object.agent_name ?? null,
    turns,
    words,
    // Those taken in before transfers were read have none: sent again, they are changed. Who told the setting changes nothing.
    contentHash: contentHash({ content, turns, words, ...(moves.length > 0 && { transfers: moves }) }),
  }
}

function saidByCall(call: RetellCall): Said {
  return {
    ...saidByBoth(call),
    kind: 'call',
    id: call.call_id,
    agentVersion: call.agent_version ?? null,
    type: call.call_type ?? null,
    status: call.call_status,
    direction: call.direction ?? null,
    fromNumber: call.from_number ?? null,
    toNumber: call.to_number ?? null,
    durationMs: call.duration_ms ?? lengthOf(call),
  }
}

function saidByChat(chat: RetellChat): Said {
  return {
    ...saidByBoth(chat),
    kind: 'chat',
    id: chat.chat_id,
    agentVersion: chat.version ?? null,
    type: chat.chat_type ?? null,
    status: chat.chat_status,
    direction: null,
    fromNumber: null,
    toNumber: null,
    durationMs: lengthOf(chat),
  }
}

function saidByBoth(object: RetellCall | RetellChat) {
  return {
    agentId: object.agent_id,
    disconnectionReason: object.disconnection_reason ?? null,
    startedAt: dateOf(object.start_timestamp),
    endedAt: dateOf(object.end_timestamp),
    metadata: object.metadata ?? {},
    variables: object.retell_llm_dynamic_variables ?? {},
  }
}

function callEntries(call: RetellCall): RetellEntry[] {
  return firstFilled(call.transcript_with_tool_calls, call.transcript_object) ?? entriesOf(call.transcript ?? '')
}

function chatEntries(chat: RetellChat): RetellEntry[] {
  return firstFilled(chat.message_with_tool_calls) ?? entriesOf(chat.transcript ?? '')
}

function firstFilled(...lists: (RetellEntry[] | null | undefined)[]): RetellEntry[] | undefined {
  return lists.find((list) => list?.length) ?? undefined
}

/** The person's number: the caller inbound, the callee outbound, a chat's own (reference/retell.md 1.7). */
function numberOf(said: Said, defaultCountry: string): string | null {
  const number = { inbound: said.fromNumber, outbound: said.toNumber }
  const raw = said.kind === 'chat' ? said.metadata.phone_number : said.direction && number[said.direction]
  return typeof raw === 'string' ? toE164(raw, defaultCountry) : null
}

/** When the last word was said: what decides the order of conversations. */
function spokenAt(said: Said, turns: Turn[], now: Date): Date {
  const lastTurn = turns.findLast((turn) => isSpoken(turn) && turn.role !== 'transfer_target')?.at
  const at = lastTurn ?? said.endedAt?.getTime() ?? said.startedAt?.getTime() ?? now.getTime()
  return new Date(Math.min(at, now.getTime()))
}

function lengthOf({ start_timestamp: start, end_timestamp: end }: RetellCall | RetellChat): number | null {
  return typeof start === 'number' && typeof end === 'number' && end >= start ? end - start : null
}

function dateOf(epochMs: number | null | undefined): Date | null {
  return typeof epochMs === 'number' ? new Date(epochMs) : null
}

function refuse(error: z.ZodError): Refused {
  return {
    problems: error.issues.map(({ path, message }) => {
      const place = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
      return `${place.slice(1)}: ${message}`
    }),
  }
}
