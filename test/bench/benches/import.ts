import { createReadStream } from 'node:fs'
import { chmod, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setInterval } from 'node:timers'
import { sql } from 'kysely'
import type { World } from '../../support/world.ts'
import { inWorld } from '../bench-world.ts'
import { type Figure, perSecond } from '../figures.ts'
import { callOf } from '../town.ts'

const conversations = Number(process.env.CONVERSATIONS ?? 100_000)
const sampleMs = 100

/**
 * A file of many calls that is imported line by line: whether memory grows with its length, and how fast it goes beside a bare COPY of
 * the rows that it became, into the same tables with all their indexes and constraints.
 */
export async function measure(): Promise<Figure[]> {
  await using ends = new AsyncDisposableStack()
  const folder = await mkdtemp(path.join(tmpdir(), 'afterword-bench-'))
  ends.defer(() => rm(folder, { recursive: true }))
  // The database's server writes there too, as a user of its own.
  await chmod(folder, 0o777)
  const file = path.join(folder, 'calls.jsonl')
  await writeLines(file)
  return await inWorld(async (world) => {
    const megabytes: number[] = []
    const sampling = setInterval(() => megabytes.push(process.memoryUsage().rss / 1e6), sampleMs)
    const ours = await perSecond(conversations, () => takeIn(world, file)).finally(() => clearInterval(sampling))
    const bare = await copyRate(world, folder)
    const quarter = Math.floor(megabytes.length / 4)
    const peakOf = (place: number) => Math.max(...megabytes.slice(quarter * place, quarter * (place + 1)))
    const count = conversations.toLocaleString('en-US')
    return [
      {
        name: `${count} lines imported, beside a bare COPY of their rows`,
        median: ours,
        baseline: bare,
        bar: { ofBaseline: 0.08 },
        unit: 'conversations/s',
        better: 'higher',
      },
      {
        name: `peak memory in the last quarter of ${count} lines, beside the second`,
        median: peakOf(3),
        baseline: peakOf(1),
        bar: { ofBaseline: 1.1 },
        unit: 'MB',
        better: 'lower',
      },
    ]
  })
}

async function writeLines(file: string): Promise<void> {
  await using handle = await open(file, 'w')
  for (let from = 0; from < conversations; from += 1_000) {
    const count = Math.min(1_000, conversations - from)
    const town = { name: 'a', people: 4_000, calls: conversations }
    const lines = Array.from({ length: count }, (_, place) => `${JSON.stringify(callOf(town, from + place))}\n`)
    await handle.write(lines.join(''))
  }
}

async function takeIn({ useCases, actor }: World, file: string): Promise<void> {
  const lines = createInterface({ input: createReadStream(file) })
  const { stored } = await useCases.importConversations({ lines, actor, reason: 'bench', analyse: false })
  if (stored !== conversations) throw new Error(`${stored} of ${conversations} calls were stored`)
}

/** What was stored, copied out, forgotten, and copied in again by nothing but PostgreSQL. */
async function copyRate({ db }: World, folder: string): Promise<number> {
  const tables = ['conversations', 'transcripts', 'links']
  const fileOf = (table: string) => sql.lit(path.join(folder, table))
  for (const table of tables) await sql`copy ${sql.table(table)} to ${fileOf(table)} (format binary)`.execute(db)
  await sql`truncate conversations cascade`.execute(db)
  return perSecond(conversations, async () => {
    for (const table of tables) await sql`copy ${sql.table(table)} from ${fileOf(table)} (format binary)`.execute(db)
  })
}
