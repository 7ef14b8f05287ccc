import { sql } from 'kysely'
import { parse } from 'yaml'
import { z } from 'zod'
import { transact } from '../../../src/db/index.ts'
import { contribute, priorities } from '../../../src/sync/index.ts'
import { defineKey } from '../../support/activities.ts'
import { mappingFor } from '../../support/mappings.ts'
import { endLinger, type World } from '../../support/open-world.ts'
import { textField } from '../../support/records.ts'
import type { CrmServer } from './crm-servers.ts'

const atOnce = 1_000
const created = z.object({ ids: z.array(z.string()) })

/** The people of a HubSpot stand-in. */
export async function createContacts(hubspot: CrmServer, count: number): Promise<string[]> {
  await hubspot.order('properties', [textField('last_call_summary')])
  const ids: string[] = []
  for (let first = 0; first < count; first += atOnce) {
    const seeds = Array.from({ length: Math.min(atOnce, count - first) }, (_, place) => ({
      properties: { firstname: `Person ${first + place}`, phone: phoneOf(first + place) },
    }))
    ids.push(...created.parse(await hubspot.order('contacts', seeds)).ids)
  }
  return ids
}

/** Fictional numbers, ten thousand to an area. */
export function phoneOf(person: number): string {
  return `+1${201 + Math.floor(person / 10_000)}555${String(person % 10_000).padStart(4, '0')}`
}

/** A call with each of these people, straight into the tables: not what is measured. Logged in the CRM only if asked. */
export async function settle(world: World, ids: readonly string[], { isLogged = false } = {}): Promise<void> {
  const { db, account, useCases, actor } = world
  await useCases.saveDraft({ agentId: 'agent_1', kind: 'call', body: { post_call_analysis_data: [] }, actor })
  const rules = [{ from: 'call_summary', to: 'last_call_summary' }]
  const file = parse(mappingFor(account, rules, [{ record_id: 'metadata.record' }]))
  if (isLogged) defineKey(world)
  await world.useMapping(JSON.stringify({ ...file, ...(isLogged && { activity: { calls: true } }) }))
  await sql`
    insert into crm_records (connection, object, external_id)
    select 'main', ${account.object}, id from unnest(${ids}::text[]) as id`.execute(db)
  await sql`
    insert into conversations (id, kind, agent_id, status, started_at, ended_at, spoken_at, metadata, content_hash)
    select 'call_' || id, 'call', 'agent_1', 'ended', now(), now(), now(), jsonb_build_object('record', id), id
    from unnest(${ids}::text[]) as id`.execute(db)
  await sql`insert into analysis_configs (hash, config) values ('bench', '{}') on conflict do nothing`.execute(db)
  await sql`analyze`.execute(db)
}

/** Another analysis of every call, which says something new; contributed as the pipeline does it, and marked for push. */
export async function touch(world: World, ids: readonly string[], number: number): Promise<void> {
  const { db } = world
  const summary = { value: `They asked for offer ${number}.`, status: 'found', evidence: [] }
  await sql`update analyses set current = false`.execute(db)
  const run = await db
    .insertInto('runs')
    .values({ kind: 'intake', actor: 'cli:bench', reason: 'bench' })
    .returning('id')
    .executeTakeFirstOrThrow()
  const { rows } = await sql<{ id: number; conversation_id: string }>`
    insert into analyses (conversation_id, number, run_id, kept_at, current, request_hash, config_hash, engine, model, outcome, fields)
    select 'call_' || record, ${number}::int, ${run.id}::bigint, now(), true, 'bench' || ${number}::text, 'bench', 'bench', 'bench', 'ok',
      jsonb_build_object('call_summary', ${JSON.stringify(summary)}::jsonb)
    from unnest(${ids}::text[]) as record returning id, conversation_id`.execute(db)
  for (let first = 0; first < rows.length; first += atOnce) {
    const kept = rows.slice(first, first + atOnce).map(({ id, conversation_id: conversationId }) => {
      return { conversationId, analysisId: id, runId: run.id, hold: false }
    })
    await transact(db, (trx) => contribute(trx, kept, priorities.background))
  }
  await endLinger(world)
  await sql`analyze`.execute(db)
}
