import type { Finding, Needs } from '../contract.ts'
import type { HubspotClient } from './client.ts'
import { HubspotError } from './errors.ts'
import { scopesFor } from './scopes.ts'

/** Less than this share of a day's calls left is worth a word. */
const littleLeft = 0.1

/** What a HubSpot account lets our app do, and how much of it is left. Throws `HubspotError` where it cannot be reached. */
export async function inspectAccount(client: HubspotClient, needs: Needs): Promise<Finding[]> {
  return [...(await inspectScopes(client, needs)), await inspectBurst(client), await inspectDay(client)]
}

async function inspectScopes(client: HubspotClient, needs: Needs): Promise<Finding[]> {
  const wanted = needs.objects.flatMap((object) => scopesFor(object, needs))
  const about = 'scopes'
  const scopes = (await client.tokenInfo())?.scopes ?? null
  if (scopes === null) {
    const found = 'HubSpot does not tell what this token may do'
    return [{ about, verdict: 'warning', found, advice: `see that the app has ${listed(wanted)}` }]
  }
  const missing = wanted.filter((scope) => !scopes.includes(scope))
  if (missing.length === 0) return [{ about, verdict: 'ok', found: listed(wanted) || 'none needed' }]
  const advice =
    'Settings → Integrations → Private Apps (or the app’s auth settings): add them, and install the app again'
  return [{ about, verdict: 'wrong', found: `the app lacks ${listed(missing)}`, advice }]
}

/** Batch calls always name the limit, others now and then: one is made where none was told yet. */
async function inspectBurst(client: HubspotClient): Promise<Finding> {
  const about = 'burst limit'
  if (client.burst().told === null) await askAnything(client)
  const { set, told } = client.burst()
  if (told === null)
    return { about, verdict: 'ok', found: `${set} calls in ten seconds by the settings; HubSpot tells none` }
  if (told < set) {
    const found = `HubSpot allows ${told} calls in ten seconds, the settings ${set}: ${told} are made`
    return { about, verdict: 'warning', found, advice: `set PER_TEN_SECONDS to ${told}` }
  }
  return { about, verdict: 'ok', found: `${set} of the ${told} calls in ten seconds that HubSpot allows this app` }
}

async function askAnything(client: HubspotClient): Promise<void> {
  try {
    await client.readBatch('contacts', { ids: ['1'], fields: [], historyOf: [] })
  } catch (error) {
    // Without the scope for it; that has been said.
    if (!isRefusal(error)) throw error
  }
}

async function inspectDay(client: HubspotClient): Promise<Finding> {
  const about = 'daily limit'
  try {
    const [usage] = (await client.usage()).results
    if (!usage) return { about, verdict: 'ok', found: 'HubSpot tells none' }
    const left = Math.max(0, usage.usageLimit - usage.currentUsage)
    const until = usage.resetsAt === undefined ? '' : ` until ${usage.resetsAt}`
    const found = `${left} of ${usage.usageLimit} calls left${until}, for all private apps of the account together`
    if (left === 0) {
      return {
        about,
        verdict: 'wrong',
        found,
        advice: 'wait, or see which app uses them: Settings → Integrations → Private Apps → Logs',
      }
    }
    if (left > usage.usageLimit * littleLeft) return { about, verdict: 'ok', found }
    return { about, verdict: 'warning', found, advice: 'start no large backfill today' }
  } catch (error) {
    if (!isRefusal(error)) throw error
    return { about, verdict: 'ok', found: 'HubSpot tells none for this kind of app' }
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof HubspotError && (error.kind === 'refused' || error.kind === 'credentials')
}

function listed(scopes: readonly string[]): string {
  return [...new Set(scopes)].join(', ')
}
