import { type Db, json } from '../../../src/db/index.ts'
import type { World } from '../../support/world.ts'
import { inWorld } from '../bench-world.ts'
import { type Figure, perSecond, type Rates, rateFigure } from '../figures.ts'
import { callsOf } from '../town.ts'

const rounds = 5
const calls = 3_000
/** As many rows to a statement as intake stores in a transaction. */
const batchSize = 64

/** How fast calls come in, beside a bare insert of what they become: the same rows, into the same two tables. */
export async function measure(): Promise<Figure[]> {
  const lines = callsOf({ name: 'a', people: 600, calls }).map((call) => JSON.stringify(call))
  return inWorld(async (world) => {
    const rates: Rates = { ours: [], bare: [] }
    for (let round = 0; round < rounds; round += 1) {
      rates.ours.push(await perSecond(calls, () => takeIn(world, lines)))
      const rows = await storedRows(world.db)
      await forget(world.db)
      rates.bare.push(await perSecond(calls, () => insert(world.db, rows)))
      await forget(world.db)
    }
    return [rateFigure('calls imported', 'conversations/s', rates, 0.15)]
  })
}

async function takeIn({ useCases, actor }: World, lines: string[]): Promise<void> {
  const { stored } = await useCases.importConversations({ lines, actor, reason: 'bench', analyse: false })
  if (stored !== calls) throw new Error(`${stored} of ${calls} calls were stored`)
}

async function storedRows(db: Db) {
  const conversations = await db.selectFrom('conversations').selectAll().orderBy('id').execute()
  const transcripts = await db.selectFrom('transcripts').selectAll().orderBy('conversation_id').execute()
  return {
    conversations: conversations.map(({ metadata, variables, transfers, tool_calls, raw, updates, ...rest }) => ({
      ...rest,
      metadata: json(metadata),
      variables: json(variables),
      transfers: json(transfers),
      tool_calls: json(tool_calls),
      raw: json(raw),
      updates: json(updates),
    })),
    transcripts: transcripts.map(({ turns, words: _none, ...rest }) => ({ ...rest, turns: json(turns), words: null })),
  }
}

async function insert(db: Db, rows: Awaited<ReturnType<typeof storedRows>>): Promise<void> {
  for (let from = 0; from < calls; from += batchSize) {
    const to = from + batchSize
    await db.transaction().execute(async (trx) => {
      await trx.insertInto('conversations').values(rows.conversations.slice(from, to)).execute()
      await trx.insertInto('transcripts').values(rows.transcripts.slice(from, to)).execute()
    })
  }
}

async function forget(db: Db): Promise<void> {
  await db.deleteFrom('conversations').execute()
}
