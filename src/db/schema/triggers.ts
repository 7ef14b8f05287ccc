import type { Generated } from 'kysely'
import type { At, Id } from './columns.ts'
import type { TriggerState } from './states.ts'

/** Reruns that a CRM record asks for. */
export type TriggerTables = {
  trigger_requests: {
    id: Id
    connection: string
    object: string
    external_id: string
    conversations: 'latest' | 'all' | 'since'
    since: Date | null
    most: number
    request_key: string | null
    actor_kind: 'trigger' | 'cli'
    actor_name: string
    key_name: string | null
    state: Generated<TriggerState>
    reason: string | null
    message: string
    run_id: number | null
    record_id: number | null
    contact_id: number | null
    left_out: Generated<number>
    attempts: Generated<number>
    needs_usd: number | null
    requested_at: At
    admitted_at: Date | null
    released_at: Date | null
    due_at: Date
    ended_at: Date | null
  }
  trigger_conversations: {
    request_id: number
    seq: number
    conversation_id: string
    outcome: string | null
    reason: string | null
    analysis_number: number | null
    cached: Generated<boolean>
    cost_usd: Generated<number>
    done_at: Date | null
  }
}
