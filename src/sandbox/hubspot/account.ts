import type { Answer } from '../request-log.ts'
import { nextMidnight, utcOffset } from './calendar.ts'
import type { Portal } from './portal.ts'

export function accountDetails(portal: Portal): Answer {
  const offset = utcOffset(portal.timeZone, portal.clock())
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number)
  const sign = offset.startsWith('-') ? -1 : 1
  return {
    status: 200,
    body: {
      portalId: portal.portalId,
      accountType: 'STANDARD',
      timeZone: portal.timeZone,
      companyCurrency: 'USD',
      additionalCurrencies: [],
      utcOffset: offset,
      utcOffsetMilliseconds: sign * (hours * 60 + minutes) * 60_000,
      uiDomain: 'app.hubspot.com',
      dataHostingLocation: 'na1',
    },
  }
}

/** What a private app's token is: the way an app learns the id under which property history names it. */
export function tokenInfo(portal: Portal): Answer {
  const { portalId, appId } = portal
  const { scopes } = portal.settings
  return { status: 200, body: { userId: 1, hubId: portalId, appId: Number(appId), scopes } }
}

export function dailyUsage(portal: Portal): Answer {
  const now = portal.clock()
  const usage = {
    name: 'private-apps-api-calls-daily',
    usageLimit: portal.settings.dailyLimit,
    currentUsage: portal.traffic.today,
    collectedAt: new Date(now).toISOString(),
    fetchStatus: 'SUCCESS',
    resetsAt: new Date(nextMidnight(portal.timeZone, now)).toISOString(),
  }
  return { status: 200, body: { results: [usage] } }
}
