import { startWorking } from '../../../src/main/index.ts'
import { backfillTown } from '../backfill-run.ts'
import { isBatchCall, isModelCall, noteRequests, sendAgain } from '../bare.ts'
import { inWorld } from '../bench-world.ts'
import { type Figure, median, perSecond, type Rates, rateFigure } from '../figures.ts'
import { settle, type Town } from '../town.ts'

const people = 160
const calls = 800
const towns: Town[] = ['a', 'b', 'c'].map((name) => ({ name, people, calls }))
/** Model calls in flight, in all steps together. */
const concurrency = 32

/**
 * How fast conversations are analysed, kept and pushed, plan and wait for company included, beside a bare loop that sends
 * the very same requests to the model and the CRM and does nothing with the answers; and what that asks of the CRM.
 */
export async function measure(): Promise<Figure[]> {
  const sent = noteRequests()
  return inWorld(async (world) => {
    await settle(world, towns)
    await startWorking(world)
    const rates: Rates = { ours: [], bare: [] }
    const crmCalls: number[] = []
    for (const town of towns) {
      sent.length = 0
      rates.ours.push(await perSecond(calls, () => backfillTown(world, town, concurrency)))
      const [toModel, toCrm] = [sent.filter(isModelCall), sent.filter(isBatchCall)]
      if (toModel.length !== calls) throw new Error(`${toModel.length} model calls for ${calls} conversations`)
      crmCalls.push((toCrm.length * 100) / people)
      rates.bare.push(await perSecond(calls, () => Promise.all([sendAgain(toModel, concurrency), sendAgain(toCrm, 1)])))
    }
    return [
      rateFigure('conversations backfilled', 'conversations/s', rates, 0.1),
      {
        name: 'CRM calls at first touch',
        median: median(crmCalls),
        // Of a full batch: one read, two of history, one write, two of the history of what was written. Ours are as full as
        // the workers fill them while a mark waits for company.
        baseline: 6,
        bar: 50,
        unit: 'calls/100 records',
        better: 'lower',
      },
    ]
  })
}
