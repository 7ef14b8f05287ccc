import { type Actor, startRun } from '../../audit/index.ts'
import type { RetellAccount } from '../../config.ts'
import { type ConversationKind, type Db, type Trx, withLock } from '../../db/index.ts'
import type { Log } from '../../log.ts'
import { type Accepted, acceptRetell } from '../accept-retell.ts'
import type { ConversationsAnnouncements } from '../announcements.ts'
import { selectStored } from '../store.ts'
import { type StoredConversation, storeConversations } from '../store-conversations.ts'
import { openRetell, type RetellApi, type RetellObject } from './api.ts'
import { isOver, isWanted, mayChange, startOf } from './list-item.ts'
import { type AgentPuller, pullAgents } from './pull-agents.ts'
import { moveCursor, openCursor } from './pull-store.ts'
import { versionIn } from './swaps-in.ts'
import { withTransfers } from './with-transfers.ts'

export type PullReport = {
  /** Null where nothing changed: then there is no run. */
  runId: number | null
  listed: number
  stored: number
  changed: number
  unchanged: number
  /** Deleted or settled before, or of a person who was erased. */
  dropped: number
  /** Told to the log with what is wrong about them. */
  unreadable: number
  agentVersions: number
}

type Deps = {
  db: Db
  log: Log
  now: () => Date
  defaultCountry: string
  next: Pick<ConversationsAnnouncements, 'conversationsStored'>
}

/** Retrieved at once, and stored in one transaction: a transcript of two hours is 2 MB. */
const chunkSize = 16

/**
 * Reads the history of an account of the source product, the oldest first, from where the last pull has come to: calls and chats with
 * their transcripts and the vendor's analyses, and the agents that they name. Conversations that are stored with their analysis already are
 * not retrieved again. The cursor moves on with each page, so one that was killed goes on there; it waits before what is not over yet, or
 * whose analysis may still come. What ended before the account was first pulled is history, and no analysis of ours is made of it.
 * `since` begins earlier than the cursor stands. Returns null where another process is at it. Throws what `openRetell` tells.
 */
export async function pullConversations(
  deps: Deps,
  input: { account: RetellAccount; since?: Date; actor: Actor; signal?: AbortSignal },
): Promise<PullReport | null> {
  const { account, signal } = input
  const api = openRetell({ ...deps, ...(signal && { signal }) }, account)
  return withLock(deps.db, `pull ${account.name}`, async () => {
    const pull = openPull(deps, api, input)
    for (const kind of ['call', 'chat'] as const) await pull.readAll(kind)
    return pull.report()
  })
}

function openPull(deps: Deps, api: RetellApi, input: Parameters<typeof pullConversations>[1]) {
  const { db, now } = deps
  const { account, since, actor, signal } = input
  const agents = pullAgents({ ...deps, api }, actor)
  const report = {
    runId: null as number | null,
    listed: 0,
    stored: 0,
    changed: 0,
    unchanged: 0,
    dropped: 0,
    unreadable: 0,
  }
  const openRun = async (trx: Trx) => {
    report.runId ??= await startRun(trx, { kind: 'intake', actor, reason: `pull from retell:${account.name}` })
    return report.runId
  }

  async function readAll(kind: ConversationKind): Promise<void> {
    const { readTo, liveFrom } = await openCursor(db, account.name, kind)
    // Never later than the cursor: what lies between would be left out for good.
    const from = since && !(readTo && readTo < since) ? since : readTo
    let hold: Date | null = null
    for (let pageKey: string | null = null, more = true; more; ) {
      signal?.throwIfAborted()
      const page = await api.list(kind, from, pageKey)
      report.listed += page.items.length
      await takeIn(kind, page.items, liveFrom)
      hold ??= startOf(page.items.find((item) => mayChange(kind, item, now())))
      const reached = hold ?? startOf(page.items.at(-1))
      if (reached) await moveCursor(db, account.name, kind, reached)
      pageKey = page.next
      more = pageKey !== null
    }
  }

  async function takeIn(kind: ConversationKind, items: RetellObject[], liveFrom: Date): Promise<void> {
    const over = items.filter((item) => isOver(kind, item))
    const known = await selectStored(
      db,
      over.map((item) => String(item[`${kind}_id`])),
    )
    // By a webhook a conversation comes before its agent is known: then it is read again, for what its agent says about transfers.
    const brought = await Promise.all(over.map((item) => ensureAgent(agents, kind, item)))
    const wanted = over.filter(
      (item, place) => brought[place] || isWanted(kind, item, known.get(String(item[`${kind}_id`]))?.age),
    )
    report.unchanged += over.length - wanted.length
    for (let at = 0; at < wanted.length; at += chunkSize) {
      signal?.throwIfAborted()
      const chunk = wanted.slice(at, at + chunkSize)
      const accepted = (await Promise.all(chunk.map((item) => retrieve(kind, item)))).filter((each) => each !== null)
      const isLive = ({ conversation: { endedAt } }: Accepted) => endedAt !== null && endedAt >= liveFrom
      const live = accepted.filter(isLive)
      const history = accepted.filter((each) => !isLive(each))
      count(await storeConversations(deps, live, { openRun, live: true }))
      count(await storeConversations(deps, history, { openRun, analyse: false, useVendors: true }))
    }
  }

  async function retrieve(kind: ConversationKind, item: RetellObject): Promise<Accepted | null> {
    const id = String(item[`${kind}_id`])
    const object = await api.conversation(kind, id)
    if (object === undefined) return null
    const options = { now: now(), defaultCountry: deps.defaultCountry }
    const whole = kind === 'call' ? await withTransfers(object, agents.swapsOf) : { object }
    const accepted = acceptRetell(whole.object, { ...options, ...whole })
    if (!('problems' in accepted)) return accepted
    report.unreadable += 1
    deps.log.warn(
      { account: account.name, conversation: id, problems: accepted.problems },
      'a conversation cannot be read',
    )
    return null
  }

  function count(results: StoredConversation[]): void {
    for (const { stored } of results) report[stored === 'new' ? 'stored' : stored] += 1
  }

  return { readAll, report: (): PullReport => ({ ...report, agentVersions: agents.count() }) }
}

async function ensureAgent(agents: AgentPuller, kind: ConversationKind, object: RetellObject): Promise<boolean> {
  const version = versionIn(object[kind === 'call' ? 'agent_version' : 'version'])
  return typeof object.agent_id === 'string' ? agents.ensure(kind, object.agent_id, version) : false
}
