import { sql } from 'kysely'
import { compileConfig, engineVersion } from '../analysis/index.ts'
import { readConversations } from '../conversations/index.ts'
import { json, type Trx } from '../db/index.ts'
import { isForAgent, type Mapping } from '../mapping/index.ts'
import { factsOf, formatFor, type Model, providerModel, staticBytes, wayTo } from '../model/index.ts'
import { countUnfound, linkConversations } from '../sync/index.ts'
import { readCalibrations } from './calibration-store.ts'
import { chainColumns } from './chain-store.ts'
import { estimateMerges, withMerges } from './estimate-merges.ts'
import { frozenChains, frozenConfigs } from './frozen-configs.ts'
import { selectedPages } from './item-store.ts'
import type { Lane } from './lane.ts'
import { type PricedCalls, priceCalls } from './price-calls.ts'
import { type LaneEstimate, priceLanes, withMergesIn } from './price-lanes.ts'
import { getBackfill } from './store.ts'
import type { Estimate, Frozen } from './types.ts'

/**
 * What a backfill will come to. Conversations, contacts, links and what is skipped are counted; the cache, tokens and cost
 * are estimates, by the bytes that are stored and what was learned from the last calls. Links conversations that have no link yet, as intake does; calls no model and no CRM.
 */
export async function estimateBackfill(
  trx: Trx,
  model: Model,
  backfillId: number,
  frozen: Frozen,
  mappings: Mapping[],
  now: Date,
): Promise<Estimate> {
  const backfill = await getBackfill(trx, backfillId)
  const perChain = await countPerChain(trx, backfillId, frozen)
  const configs = await frozenConfigs(trx, frozen)
  const estimate: Estimate = {
    conversations: 0,
    contacts: await countContacts(trx, backfillId),
    cached: 0,
    skipped: 0,
    modelCalls: 0,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
    costUsdLow: 0,
    costUsdHigh: 0,
    costUsdAtMost: 0,
    records: {},
  }
  const providers = [...configs.values()].map(({ config }) => providerModel(model.profile, config.model))
  const calibrationOf = await readCalibrations(
    trx,
    providers.map((each) => ({ purpose: 'analysis', model: each })),
  )
  const groups: { model: string; priced: PricedCalls; calls: number }[] = []
  for (const agent of perChain) {
    const frozenConfig = configs.get(agent.key)
    if (!frozenConfig) continue
    const { instructions, schema, items } = compileConfig(frozenConfig.config, agent.kind)
    const provider = providerModel(model.profile, frozenConfig.config.model)
    const calibration = calibrationOf('analysis', provider)
    const { calls, bytes } = agent
    const asked = { instructions, schema: { name: '', body: schema } }
    const way = wayTo(model, provider)
    const perCall = staticBytes(way.profile, asked, formatFor(way, provider))
    const group = { calls, staticBytes: perCall, parts: calls * items.length, textBytes: bytes }
    const priced = priceCalls(way, calibration, group)
    estimate.conversations += agent.conversations
    estimate.cached += agent.cached
    estimate.skipped += agent.skipped
    estimate.modelCalls += agent.calls
    groups.push({ model: provider, priced, calls })
    estimate.inputTokens += priced.inputTokens
    estimate.outputTokens += priced.outputTokens
    if (calls > 0) noteSources(estimate, calibration.learnedFrom, factsOf(model.prices, provider).asOf)
  }
  for (const mapping of mappings) estimate.records[mapping.name] = await countLinks(trx, backfillId, mapping)
  const merges = await estimateMerges(trx, model, { backfillId, mappings })
  const lanes = await priceLanes(trx, model, groups, backfill.concurrency)
  Object.assign(estimate, moneyOf(lanes, backfill, now))
  const whole = withMerges(estimate, merges)
  if (!model.profile.hasFlex) return whole
  const { standard, flex } = lanes
  return { ...whole, lanes: { standard: withMergesIn(standard, merges), flex: withMergesIn(flex, merges) } }
}

/** At the most, what has a deadline is all late; and what has none is not. */
function moneyOf(lanes: Record<Lane['lane'], LaneEstimate>, { lane, deadlineAt }: Lane, now: Date): Partial<Estimate> {
  const { seconds: _, ...money } = lanes[deadlineAt !== null && deadlineAt <= now ? 'standard' : lane]
  return deadlineAt === null ? money : { ...money, costUsdAtMost: lanes.standard.costUsdAtMost }
}

/** Of several models the one that least is known of. */
function noteSources(estimate: Estimate, learnedFrom: number, asOf: string): void {
  estimate.learnedFromCalls = Math.min(learnedFrom, estimate.learnedFromCalls ?? learnedFrom)
  if (asOf !== '' && asOf < (estimate.pricesAsOf ?? '9')) estimate.pricesAsOf = asOf
}

async function countContacts(trx: Trx, backfillId: number): Promise<number> {
  const { contacts } = await trx
    .selectFrom('backfill_items')
    .select((eb) => eb.fn.count<number>('contact_key').distinct().as('contacts'))
    .where('backfill_id', '=', backfillId)
    .executeTakeFirstOrThrow()
  return contacts
}

/** Per agent, or chain of agents that conversations went through: how many there are, how many answer from the cache, how many have nothing to analyse, how much text is left. */
async function countPerChain(trx: Trx, backfillId: number, frozen: Frozen) {
  const chains = frozenChains(frozen).map(({ chain: { agentId, transfers }, key, hash }) => {
    const [agents, settings] = [transfers.map((each) => each.agentId), transfers.map((each) => each.setting)]
    return { key, agent_id: agentId, agents, settings, hash }
  })
  const { rows } = await sql<{
    key: string
    kind: 'call' | 'chat'
    conversations: number
    cached: number
    skipped: number
    calls: number
    bytes: number
  }>`
    with frozen as (
      select * from jsonb_to_recordset(${json(chains)}::jsonb)
        as f (key text, agent_id text, agents jsonb, settings jsonb, hash text)
    ), selected as (
      select frozen.key, conversations.kind, octet_length(transcripts.turns::text) as bytes,
        conversations.status in ('not_connected', 'registered', 'ongoing') or not coalesce(transcripts.turns @> '[{"role":"user"}]', false) as skipped,
        exists (
          select from analyses where analyses.conversation_id = conversations.id and analyses.outcome = 'ok'
            and analyses.kept_at is not null and analyses.config_hash = frozen.hash and analyses.engine = ${engineVersion}
        ) as cached
      from backfill_items
      join conversations on conversations.id = backfill_items.conversation_id
      join frozen on frozen.agent_id = conversations.agent_id
        and frozen.agents = ${chainColumns.agents} and frozen.settings = ${chainColumns.settings}
      left join transcripts on transcripts.conversation_id = conversations.id
      where backfill_items.backfill_id = ${backfillId}
    )
    select key, kind, count(*)::int as conversations,
      count(*) filter (where cached and not skipped)::int as cached,
      count(*) filter (where skipped)::int as skipped,
      count(*) filter (where not cached and not skipped)::int as calls,
      coalesce(sum(bytes) filter (where not cached and not skipped), 0)::bigint as bytes
    from selected group by key, kind order by key, kind
  `.execute(trx)
  return rows
}

async function countLinks(trx: Trx, backfillId: number, mapping: Mapping): Promise<Estimate['records'][string]> {
  const steps: Record<string, number> = {}
  const counts = { matched: 0, none: 0, parked: 0, steps, fields: mapping.rules.map((rule) => rule.field) }
  const unfound = countUnfound(trx, mapping)
  for await (const ids of selectedPages(trx, backfillId)) {
    const conversations = await readConversations(trx, ids)
    const ours = [...conversations.values()].filter((each) => isForAgent(mapping, each.agentId))
    const matches = await linkConversations(trx, mapping, ours)
    await unfound.add(ours.filter(({ id }) => matches.get(id)?.state === 'none'))
    for (const match of matches.values()) {
      counts[match.state] += 1
      if (match.state === 'matched') steps[match.step] = (steps[match.step] ?? 0) + 1
    }
  }
  return mapping.create && mapping.write ? { ...counts, createdAtMost: unfound.people() } : counts
}
