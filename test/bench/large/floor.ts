import { Client } from '@hubspot/api-client'
import { sql } from 'kysely'
import OpenAI from 'openai'
import { requestFor } from '../../../src/analysis/ask.ts'
import { formatFor } from '../../../src/model/index.ts'
import { wireRequest } from '../../../src/model/wire.ts'
import type { World } from '../../support/open-world.ts'
import { inLanes } from '../lanes.ts'
import { conversationsOf, newRun, prepareBatch } from '../questions.ts'

/** The tables that a backfill adds a row to for each conversation, and for each record. */
const ofConversations = ['attempts', 'analyses', 'contributions'] as const
const recordsAtOnce = { read: 100, written: 100 }
const field = 'last_call_summary'

type Urls = { model: string; hubspot: string }

/**
 * What a backfill cannot do without, done again with nothing else: reads the same transcripts, sends the same bodies by the same SDKs and
 * puts the same rows, by the same driver, into tables of the same columns, in batches of the same size. Returns CPU time of this process in
 * ms; what it takes to come by bodies and rows is left out.
 */
export async function floorCpuMs(
  world: World,
  urls: Urls,
  run: { agentId: string; runId: number; concurrency: number },
): Promise<number> {
  const { db } = world
  for (const table of [...ofConversations, 'ledger'])
    await sql`create table ${sql.table(`floor_${table}`)} (like ${sql.table(table)})`.execute(db)
  const meter = openMeter()
  const openai = new OpenAI({ apiKey: 'sandbox-model', baseURL: urls.model, maxRetries: 0 })
  const preparing = await newRun(world)
  for (const batch of await conversationsOf(world, [run.agentId])) {
    const ids = batch.map(({ conversationId }) => conversationId)
    const bodies = (await prepareBatch(world, batch, preparing)).map((question) => {
      const request = requestFor(question)
      return wireRequest(world.model, request, formatFor(world.model, request.model))
    })
    const rows = await rowsOf(world, ids, run.runId)
    await meter.measure(async () => {
      await sql`select * from conversations join transcripts on transcripts.conversation_id = conversations.id
        where id = any(${ids}::text[])`.execute(db)
      await inLanes(bodies, run.concurrency, async (body) => {
        const completion = await openai.chat.completions.create({ ...body, stream: false })
        return JSON.parse(completion.choices[0]?.message.content ?? '')
      })
      await db.transaction().execute(async (trx) => {
        for (const table of ofConversations) await insertAll({ db: trx }, table, rows[table] ?? [])
      })
    })
  }
  await pushAll(world, urls, run.runId, meter)
  return meter.spentMs()
}

async function pushAll({ db }: World, { hubspot: basePath }: Urls, runId: number, meter: Meter): Promise<void> {
  const { batchApi } = new Client({ accessToken: 'sandbox-hubspot', basePath }).crm.contacts
  for (let after = 0; ; ) {
    const { rows } = await sql<{ id: number; externalId: string; value: string; row: object }>`
      select ledger.id, external_id as "externalId", change.after as value, to_jsonb(ledger) as row
      from ledger join crm_records on crm_records.id = record_id
      cross join lateral jsonb_to_recordset(changes) as change (field text, after text)
      where run_id = ${runId}::bigint and change.field = ${field} and ledger.id > ${after}
      order by ledger.id limit ${recordsAtOnce.written}`.execute(db)
    if (rows.length === 0) return
    after = rows.at(-1)?.id ?? 0
    await meter.measure(async () => {
      const inputs = rows.map(({ externalId: id }) => ({ id }))
      await batchApi.read({ inputs, properties: [field], propertiesWithHistory: [] })
      await batchApi.update({
        inputs: rows.map(({ externalId: id, value }) => ({ id, properties: { [field]: value } })),
      })
      await insertAll(
        { db },
        'ledger',
        rows.map(({ row }) => row),
      )
    })
  }
}

/** The rows that the backfill has added for these conversations, by table. */
async function rowsOf({ db }: World, ids: string[], runId: number): Promise<Record<string, object[]>> {
  const each = ofConversations.map(async (table): Promise<[string, object[]]> => {
    const { rows } = await sql<{ row: object }>`
      select to_jsonb(stored) as row from ${sql.table(table)} as stored
      where run_id = ${runId}::bigint and conversation_id = any(${ids}::text[])`.execute(db)
    return [table, rows.map(({ row }) => row)]
  })
  return Object.fromEntries(await Promise.all(each))
}

async function insertAll({ db }: Pick<World, 'db'>, table: string, rows: object[]): Promise<void> {
  await sql`insert into ${sql.table(`floor_${table}`)}
    select * from jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb)`.execute(db)
}

type Meter = ReturnType<typeof openMeter>

function openMeter() {
  let ms = 0
  return {
    async measure(work: () => Promise<unknown>): Promise<void> {
      const before = process.cpuUsage()
      await work()
      const { user, system } = process.cpuUsage(before)
      ms += (user + system) / 1_000
    },
    spentMs: () => ms,
  }
}
