import { inBareWorld } from '../bench-world.ts'
import type { Figure } from '../figures.ts'
import type { CrmServer } from './crm-servers.ts'
import { pushAll } from './push-all.ts'
import { createContacts, settle, touch } from './touch.ts'

/** HubSpot's own: 190 calls in ten seconds, and the way there and back (reference/crm.md 10.2). */
const perTenSeconds = 190
const latencyMs = 300
/** Of a bucket with a burst of ten that never exceeds that: 10·r + 10 ≤ 190. */
const allowed = { perSecond: (perTenSeconds - 10) / 10, burst: 10 }

/** Records read with their history and written at HubSpot's real limit: what share of the calls that the limit allows was made. */
export async function hubspotRate(
  hubspot: CrmServer,
  records: number,
): Promise<{ figures: Figure[]; perSecond: number }> {
  await hubspot.order('reset', {})
  await hubspot.configure({ latencyMs: 0, rateScale: 1_000 })
  const ids = await createContacts(hubspot, records)
  const settings = {
    AFTERWORD_CONNECTION_MAIN_URL: hubspot.url,
    AFTERWORD_CONNECTION_MAIN_PER_TEN_SECONDS: String(perTenSeconds),
    AFTERWORD_CONNECTION_MAIN_OTHERS_PERCENT: '0',
  }
  return await inBareWorld(async (world) => {
    await settle(world, ids)
    await touch(world, ids, 1)
    await hubspot.configure({ latencyMs, rateScale: 1 })
    const { seconds, callsAt } = await pushAll(world, records)
    const refused = Object.values(await hubspot.calls(429)).reduce((sum, calls) => sum + calls, 0)
    const [from, to] = [Math.floor(callsAt.length * 0.05), Math.ceil(callsAt.length * 0.95) - 1]
    const inTheMiddle = (to - from) / ((callsAt[to] ?? 0) - (callsAt[from] ?? 0)) / allowed.perSecond
    const whole = callsAt.length / (allowed.perSecond * seconds + allowed.burst)
    const pace = (allowed.perSecond * records) / callsAt.length
    const of = `of ${records.toLocaleString('en-US')} HubSpot records at ${perTenSeconds} calls in 10 s`
    const share = (name: string, value: number, bar: number): Figure => ({
      name: `${name} ${of}, share of what the limit allows`,
      median: value,
      baseline: 1,
      bar,
      unit: '',
      better: 'higher',
    })
    const perSecond = records / seconds
    const figures: Figure[] = [
      {
        name: `push ${of}`,
        median: perSecond,
        baseline: pace,
        bar: { ofBaseline: 0.95 },
        unit: 'records/s',
        better: 'higher',
      },
      share('whole run', whole, 0.95),
      share('from 5 % to 95 %', inTheMiddle, 0.97),
      { name: `429s ${of}`, median: refused, baseline: 0, bar: 0, unit: 'answers', better: 'lower' },
    ]
    return { figures, perSecond }
  }, settings)
}
