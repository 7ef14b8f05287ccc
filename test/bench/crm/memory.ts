import { setInterval } from 'node:timers'
import { inBareWorld } from '../bench-world.ts'
import type { Figure } from '../figures.ts'
import type { CrmServer } from './crm-servers.ts'
import { pushAll } from './push-all.ts'
import { createContacts, settle, touch } from './touch.ts'

const sampleMs = 250

/** Memory while many records are streamed from the marks to the CRM: whether it grows with how many there are. */
export async function memoryOf(hubspot: CrmServer, records: number): Promise<Figure> {
  await hubspot.order('reset', {})
  await hubspot.configure({ latencyMs: 0, rateScale: 1_000 })
  const ids = await createContacts(hubspot, records)
  return await inBareWorld(
    async (world) => {
      await settle(world, ids)
      await touch(world, ids, 1)
      const megabytes: number[] = []
      const sampling = setInterval(() => megabytes.push(process.memoryUsage().rss / 1e6), sampleMs)
      await pushAll(world, records).finally(() => clearInterval(sampling))
      const quarter = Math.floor(megabytes.length / 4)
      const peakOf = (place: number) => Math.max(...megabytes.slice(quarter * place, quarter * (place + 1)))
      return {
        name: `peak memory in the last quarter of ${records.toLocaleString('en-US')} records, beside the second`,
        median: peakOf(3),
        baseline: peakOf(1),
        bar: { ofBaseline: 1.1 },
        unit: 'MB',
        better: 'lower',
      }
    },
    { AFTERWORD_CONNECTION_MAIN_URL: hubspot.url },
  )
}
