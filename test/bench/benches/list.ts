import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { CompiledQuery } from 'kysely'
import { Client } from 'pg'
import { listen } from '../../../src/http/index.ts'
import { openAppOn } from '../../http/open-app.ts'
import type { World } from '../../support/world.ts'
import { inBareWorld } from '../bench-world.ts'
import { type Figure, median, sampleMs } from '../figures.ts'
import { asked, rangeOf } from '../lists/asked.ts'
import { fillWithCalls } from '../lists/fill.ts'
import { explain, mostBuffers, statementOf } from '../lists/page-of.ts'

const calls = Number(process.env.CONVERSATIONS ?? 1_000_000)
/** A short list is over in milliseconds, of which others on the machine may take as many. */
const limits = [
  { limit: 50, warmUps: 200, rounds: 41 },
  { limit: 1_000, warmUps: 20, rounds: 9 },
]

/**
 * What a list of calls costs over HTTP, of a month of a year, for one filter after the other, beside the three statements behind it, sent
 * over a connection of its own: the page, and what was found and corrected in the calls on it; and how many blocks the first of them looks at, on the
 * first page and on the thousandth. The figures are those of the filter that does worst.
 */
export async function measure(): Promise<Figure[]> {
  return inBareWorld(async (world) => {
    await fillWithCalls(world.db, calls)
    const { app, key } = await openAppOn(world)
    const server = await listen(app, { host: '127.0.0.1', port: 0 })
    const bare = new Client({ connectionString: world.database.url })
    await bare.connect()
    try {
      const list = (body: object) => post(`${server.url}/v3/list-calls`, key, body)
      const figures: Figure[] = []
      for (const { warmUps, ...each } of limits) {
        // As a service answers that has answered before: at first V8 interprets most of it.
        for (let times = 0; times < warmUps; times += 1) await list({ limit: each.limit })
        figures.push(...(await measureLimit(world, { list, bare, ...each })))
      }
      return [...figures, await measureLatePage(world)]
    } finally {
      agent.destroy()
      await bare.end()
      await server.close()
    }
  })
}

type Lists = { list: (body: object) => Promise<void>; bare: Client; limit: number; rounds: number }

async function measureLimit({ db }: World, { list, bare, limit, rounds }: Lists): Promise<Figure[]> {
  const times: Figure[] = []
  const buffers: Figure[] = []
  for (const { name, criteria } of asked) {
    const statement = statementOf(db, calls, criteria, { limit })
    const body = { filter_criteria: { ...criteria, start_timestamp: { bt: rangeOf(calls) } }, limit }
    const [ours, sql]: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round += 1) {
      ours.push(...(await sampleMs(1, () => list(body))))
      sql.push(...(await sampleMs(1, () => sendBare(bare, statement))))
    }
    const [took, baseline] = [median(ours), median(sql)]
    // Round by round: of one moment, for the machine is twice as fast in some as in others.
    const beyond = median(ours.map((each, round) => each - (sql[round] ?? 0)))
    const told = `${took.toFixed(1)} ms, its SQL ${baseline.toFixed(1)} ms, ${beyond.toFixed(1)} ms beyond`
    process.stderr.write(`${limit} calls, by ${name}: ${told}\n`)
    const few = { median: beyond, bar: 4, unit: 'ms beyond its SQL' }
    const many = { median: took, bar: { ofBaseline: 2 }, unit: 'ms' }
    const shown = `${limit} calls, by ${name}`
    times.push({ name: shown, baseline, better: 'lower', ...(limit === 50 ? few : many) })
    const plan = await explain(db, statement)
    const bar = mostBuffers(limit)
    buffers.push({ name: shown, median: plan.buffers, baseline: bar, bar, unit: 'blocks', better: 'lower' })
  }
  return [worst(times), worst(buffers)]
}

/** The page, and what was found and what people have corrected in the conversations on it: a list shows all three. */
async function sendBare(bare: Client, { sql, parameters }: ReturnType<typeof statementOf>): Promise<void> {
  const { rows } = await bare.query(sql, [...parameters])
  const ids = rows.map((row) => row.id)
  await bare.query('select conversation_id, fields from analyses where conversation_id = any($1) and current', [ids])
  await bare.query(
    'select corrections.*, undone_by from corrections join runs on runs.id = run_id where conversation_id = any($1) order by run_id desc',
    [ids],
  )
}

/** The thousandth page of fifty is found by the key of the one before, not by counting there. */
async function measureLatePage({ db }: World): Promise<Figure> {
  const limit = Math.min(50, Math.floor(calls / 20_000))
  const criteria = { direction: 'inbound' }
  const first = await explain(db, statementOf(db, calls, criteria, { limit }))
  const before = statementOf(db, calls, criteria, { limit: 0, skip: 999 * limit - 1 })
  const { rows } = await db.executeQuery<{ id: string; started_at: Date }>(
    CompiledQuery.raw(before.sql, [...before.parameters]),
  )
  const [last] = rows
  if (!last) throw new Error('there are not a thousand pages')
  const after = { startedAt: last.started_at, id: last.id }
  const late = await explain(db, statementOf(db, calls, criteria, { limit, after }))
  // Rows lie in blocks of some ten: where a page begins in one is chance.
  const bar = first.buffers + 5
  return {
    name: 'page 1,000 by its key',
    median: late.buffers,
    baseline: first.buffers,
    bar,
    unit: 'blocks',
    better: 'lower',
  }
}

function worst(figures: Figure[]): Figure {
  const share = ({ median, baseline, bar }: Figure) =>
    median / (typeof bar === 'number' ? bar : bar.ofBaseline * baseline)
  return figures.reduce((one, other) => (share(other) > share(one) ? other : one))
}

const agent = new Agent({ keepAlive: true })

/** To the last byte of the answer: what a client makes of them is the client's, so this one is as small as Node has them. */
async function post(url: string, key: string, body: object): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const sent = request(url, { method: 'POST', headers, agent }).end(JSON.stringify(body))
  const [answer] = await once(sent, 'response')
  const text = await readText(answer)
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${text}`)
}
