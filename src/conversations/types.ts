import type { Transfer } from '../agents/index.ts'
import type { ToolCall } from '../filters/index.ts'

/**
 * One entry of a transcript, in the order it happened. Spoken turns have role user, agent or transfer_target; everything
 * else (tool calls and results, DTMF, transfers) keeps its vendor role and fields in `extra`.
 */
export type Turn = {
  role: string
  content: string
  /** Epoch ms at which the turn ended, where the vendor says. */
  at: number | null
  /** Tool calls: the tool's name. */
  name?: string
  /** What the vendor sent beside role and content, returned untouched. */
  extra?: Record<string, unknown>
}

/** A stored conversation. Times are Dates, `null` where the vendor gave none; `spokenAt` is fixed at intake. */
export type Conversation = {
  id: string
  kind: 'call' | 'chat'
  agentId: string
  agentVersion: number | null
  type: string | null
  status: string
  direction: 'inbound' | 'outbound' | null
  fromNumber: string | null
  toNumber: string | null
  /** The number of the person: the caller inbound, the callee outbound, a chat's own number. E.164. */
  contactNumber: string | null
  contactId: number | null
  disconnectionReason: string | null
  startedAt: Date | null
  endedAt: Date | null
  spokenAt: Date
  receivedAt: Date
  durationMs: number | null
  metadata: Record<string, unknown>
  variables: Record<string, unknown>
  /** From one agent to the next, in order; `agentId` is the first of them. */
  transfers: Transfer[]
  /** In order. */
  toolCalls: ToolCall[]
  raw: Record<string, unknown>
}
