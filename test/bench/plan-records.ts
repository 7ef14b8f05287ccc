import { sql } from 'kysely'
import { Client } from 'pg'
import type { Filter } from '../../src/filters/index.ts'
import { mappingFor } from '../support/mappings.ts'
import type { World } from '../support/open-world.ts'
import { isBatchCall, noteRequests, sendAgain } from './bare.ts'
import { inWorld } from './bench-world.ts'
import type { Figure } from './figures.ts'

const everything: Filter = { kind: 'any', conditions: [] }

/**
 * The exact plan of a backfill over so many records that nobody has touched yet, each with one analysed call: how long it
 * takes beside sending the very same reads to the CRM and doing nothing with the answers, and what it costs in statements and calls.
 */
export async function measurePlan(records: number): Promise<Figure[]> {
  const sent = noteRequests()
  return inWorld(async (world) => {
    await settle(world, records)
    const statements = countStatements()
    sent.length = 0
    const started = performance.now()
    const input = { filter: everything, actor: world.actor, reason: 'bench', mappingOnly: {} }
    const { id } = await world.useCases.planBackfill(input)
    const seconds = (performance.now() - started) / 1_000
    const asked = statements.stop()
    const { plan } = await world.useCases.readBackfillPlan({ id, most: 1 })
    if (plan.totals.changes !== records)
      throw new Error(`the plan changes ${plan.totals.changes} of ${records} records`)
    const calls = sent.filter(isBatchCall)
    const again = performance.now()
    await sendAgain(calls, 1)
    const bareSeconds = (performance.now() - again) / 1_000
    const of = `plan of ${records.toLocaleString('en-US')} records`
    return [
      figure(of, 's', seconds, bareSeconds, { ofBaseline: 30 }),
      figure(`SQL statements of the ${of}`, 'statements', asked, records, { ofBaseline: 0.6 }),
      // One read takes 100 records, one of their histories 50 (reference/crm.md).
      figure(`CRM calls of the ${of}`, 'calls', calls.length, records / 100 + records / 50, { ofBaseline: 1 }),
    ]
  })
}

function figure(name: string, unit: string, median: number, baseline: number, bar: Figure['bar']): Figure {
  return { name, median, baseline, bar, unit, better: 'lower' }
}

/** Contacts with a call each, which was analysed before any rule brought it to the CRM. Straight into the tables: not what is measured. */
async function settle(world: World, records: number): Promise<void> {
  const { db, account, useCases, actor } = world
  await useCases.saveDraft({ agentId: 'agent_1', kind: 'call', body: { post_call_analysis_data: [] }, actor })
  await world.useMapping(
    mappingFor(account, [{ from: 'call_summary', to: 'last_call_summary' }], [{ record_id: 'metadata.record' }]),
  )
  const seeds = Array.from({ length: records }, (_, index) => ({ properties: { firstname: `Person ${index}` } }))
  const ids = account.createContacts(seeds)
  await sql`
    insert into crm_records (connection, object, external_id)
    select 'main', 'contacts', id from unnest(${ids}::text[]) as id
  `.execute(db)
  await sql`
    insert into conversations (id, kind, agent_id, status, started_at, ended_at, spoken_at, metadata, content_hash)
    select 'call_' || id, 'call', 'agent_1', 'ended', now(), now(), now(), jsonb_build_object('record', id), id
    from unnest(${ids}::text[]) as id
  `.execute(db)
  await sql`insert into analysis_configs (hash, config) values ('bench', '{}')`.execute(db)
  await sql`
    with run as (insert into runs (kind, actor, reason) values ('intake', 'cli:bench', 'bench') returning id)
    insert into analyses (conversation_id, number, run_id, kept_at, current, request_hash, config_hash, engine, model, outcome, fields)
    select 'call_' || record, 1, run.id, now(), true, 'bench', 'bench', 'bench', 'bench', 'ok', jsonb_build_object(
      'call_summary', jsonb_build_object('value', 'They asked for an offer.', 'status', 'found', 'evidence', '[]'::jsonb)
    )
    from unnest(${ids}::text[]) as record, run
  `.execute(db)
  await sql`analyze`.execute(db)
}

/** Counts what this process asks PostgreSQL, until it is stopped. */
function countStatements() {
  const { query } = Client.prototype
  let statements = 0
  Client.prototype.query = function counted(this: Client, ...args: unknown[]) {
    statements += 1
    return Reflect.apply(query, this, args)
  } as typeof query
  return {
    stop() {
      Client.prototype.query = query
      return statements
    },
  }
}
