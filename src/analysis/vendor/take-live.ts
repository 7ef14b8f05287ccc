import { sql } from 'kysely'
import { liveOf } from '../../agents/index.ts'
import { ageOf, type Conversation, intakeRuns, readConversations } from '../../conversations/index.ts'
import { json, type Trx } from '../../db/index.ts'
import type { AnalysisAnnouncements } from '../types.ts'
import { keepVendorAnalyses } from './keep-vendor-analyses.ts'

/** An analysis of the vendor comes within seconds or minutes of the end (reference/retell.md 2.7). */
const patienceMs = 15 * 60_000

/**
 * What has just ended, as the `live` setting of its agent says: the vendor's analysis counts where it has come, or is awaited for a
 * quarter of an hour (`takeOverdue` tells what has waited in vain); or we analyse it ourselves. Returns those to be analysed now, each
 * once: not again when a later word of the vendor changes it.
 */
export async function takeLive(
  trx: Trx,
  deps: { now: () => Date; next: AnalysisAnnouncements },
  input: { conversationIds: string[]; added: string[]; runId: number },
): Promise<{ conversationId: string; runId: number }[]> {
  const { runId } = input
  const conversations = [...(await readConversations(trx, input.conversationIds)).values()].filter(
    (conversation) => ageOf(conversation) > 0,
  )
  const live = await liveOf(trx, [...new Set(conversations.map(({ agentId }) => agentId))])
  const isOurs = ({ agentId }: Conversation) => live.get(agentId) === 'ours'
  const theirs = conversations.filter((conversation) => !isOurs(conversation))
  await keepVendorAnalyses(trx, deps, { conversationIds: theirs.map(({ id }) => id), runId })
  // One that says nothing has come all the same.
  const [come, awaited] = [theirs.filter(hasCome), theirs.filter((conversation) => !hasCome(conversation))]
  await endWaits(trx, come)
  const intakes = await intakeRuns(trx, input.conversationIds)
  const until = new Date(deps.now().getTime() + patienceMs)
  await beginWaits(
    trx,
    awaited.map(({ id }) => ({ id, run_id: intakes.get(id)?.runId ?? runId, until })),
  )
  const added = new Set(input.added)
  return conversations
    .filter((conversation) => isOurs(conversation) && added.has(conversation.id))
    .map(({ id }) => ({ conversationId: id, runId }))
}

function hasCome(conversation: Conversation): boolean {
  return ageOf(conversation) === 2
}

async function endWaits(trx: Trx, conversations: Conversation[]): Promise<void> {
  const ids = conversations.map(({ id }) => id)
  if (ids.length > 0) await trx.deleteFrom('awaited_analyses').where('conversation_id', 'in', ids).execute()
}

/** Those that nobody has analysed yet; the first wait of each stands. */
async function beginWaits(trx: Trx, waits: { id: string; run_id: number; until: Date }[]): Promise<void> {
  if (waits.length === 0) return
  await sql`
    insert into awaited_analyses (conversation_id, run_id, until)
    select id, run_id, until from jsonb_to_recordset(${json(waits)}::jsonb) as wait(id text, run_id bigint, until timestamptz)
    where not exists (select from analyses where conversation_id = wait.id and kept_at is not null and outcome = 'ok')
    order by id
    on conflict do nothing`.execute(trx)
}
