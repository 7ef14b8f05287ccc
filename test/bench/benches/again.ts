import { startWorking } from '../../../src/main/index.ts'
import type { World } from '../../support/world.ts'
import { backfillTown } from '../backfill-run.ts'
import { isBatchCall, isModelCall, noteRequests, type Sent, sendAgain } from '../bare.ts'
import { inWorld } from '../bench-world.ts'
import { type Figure, median, perSecond, type Rates, rateFigure } from '../figures.ts'
import { agentOf, settle, type Town } from '../town.ts'

const rounds = 3
const town: Town = { name: 'a', people: 200, calls: 1_000 }
const concurrency = 32

/**
 * The same backfill again, beside a bare loop that reads the same rows, as many at a time, and sends the very same reads to
 * the CRM; and that it asks no model, writes nothing and reads no history.
 */
export async function measure(): Promise<Figure[]> {
  const sent = noteRequests()
  return inWorld(async (world) => {
    await settle(world, [town])
    await startWorking(world)
    await backfillTown(world, town, concurrency)
    const rates: Rates = { ours: [], bare: [] }
    const counts = { 'model calls': [0], 'CRM writes': [0], 'CRM history reads': [0] }
    for (let round = 0; round < rounds; round += 1) {
      sent.length = 0
      rates.ours.push(await perSecond(town.calls, () => backfillTown(world, town, concurrency)))
      const toCrm = sent.filter(isBatchCall)
      counts['model calls'].push(sent.filter(isModelCall).length)
      counts['CRM writes'].push(toCrm.filter(({ url }) => url.endsWith('/update')).length)
      counts['CRM history reads'].push(toCrm.filter(asksHistory).length)
      rates.bare.push(await perSecond(town.calls, () => Promise.all([readAll(world), sendAgain(toCrm, 1)])))
    }
    const none = Object.entries(counts).map(
      ([unit, [, ...calls]]): Figure => ({
        name: `${unit} of the same backfill again`,
        median: median(calls),
        baseline: 0,
        bar: 0,
        unit,
        better: 'lower',
      }),
    )
    return [rateFigure('conversations backfilled again', 'conversations/s', rates, 0.05), ...none]
  })
}

function asksHistory({ init }: Sent): boolean {
  return /"propertiesWithHistory":\["/.test(String(init.body))
}

/** Each conversation with its turns and its current analysis, eight at a time. */
async function readAll({ db }: World): Promise<void> {
  for (let from = ''; ; ) {
    const rows = await db
      .selectFrom('conversations')
      .innerJoin('transcripts', 'transcripts.conversation_id', 'conversations.id')
      .innerJoin('analyses', 'analyses.conversation_id', 'conversations.id')
      .selectAll()
      .where('conversations.agent_id', '=', agentOf(town.name))
      .where('analyses.current', '=', true)
      .where('conversations.id', '>', from)
      .orderBy('conversations.id')
      .limit(8)
      .execute()
    const last = rows.at(-1)
    if (!last) return
    from = last.conversation_id
  }
}
