import { callCounts, loggedCounts } from '../crm/call-counts.ts'
import { withCrmServers } from '../crm/crm-servers.ts'
import { hubspotRate } from '../crm/hubspot-rate.ts'
import { memoryOf } from '../crm/memory.ts'
import { plainHubspot, plainRecords, plainSalesforce } from '../crm/plain-loops.ts'
import { timeCalls } from '../crm/push-all.ts'
import type { Figure } from '../figures.ts'

const records = 50_000
const streamed = 100_000

/**
 * How fast records are pushed at HubSpot's real limit, what that asks of both CRMs, and whether memory grows with how many there
 * are; beside the plain loop that a user would write with each SDK. Takes seven minutes: on demand only.
 */
export async function measure(): Promise<Figure[]> {
  timeCalls()
  return await withCrmServers(async ({ hubspot, salesforce }) => {
    const { figures, perSecond } = await hubspotRate(hubspot, records)
    const counts = [
      ...(await callCounts('hubspot', { first: 31, later: 21, back: 20 })),
      ...(await callCounts('salesforce', { first: 31, later: 6, back: 20 })),
      ...(await loggedCounts('hubspot', { first: 31, later: 21 })),
      ...(await loggedCounts('salesforce', { first: 31, later: 6 })),
    ]
    const memory = await memoryOf(hubspot, streamed)
    const [besideHubspot, besideSalesforce] = await Promise.all([plainHubspot(hubspot), plainSalesforce(salesforce)])
    return [
      ...figures,
      ...counts,
      memory,
      beside('HubSpot', besideHubspot, perSecond),
      beside('jsforce', besideSalesforce, perSecond),
    ]
  })
}

function beside(sdk: string, plain: number, ours: number): Figure {
  return {
    name: `push, beside the plain loop with the SDK of ${sdk} (extrapolated from ${plainRecords} records)`,
    median: ours,
    baseline: plain,
    bar: { ofBaseline: 1 },
    unit: 'records/s',
    better: 'higher',
  }
}
