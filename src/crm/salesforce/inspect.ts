import type { Finding, Needs } from '../contract.ts'
import type { SalesforceClient } from './client.ts'
import { SalesforceError } from './errors.ts'

/** Less than this share of the calls left is worth a word: other apps of the org need them too. */
const littleLeft = 0.2

/** What a Salesforce org lets our user do, and how many calls it has left. Throws `SalesforceError` where it cannot be reached. */
export async function inspectOrg(client: SalesforceClient, { objects, writes }: Needs): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const object of objects) findings.push(await inspectObject(client, object, writes))
  return [...findings, await inspectDay(client)]
}

/** Field by field the schema tells: what field-level security hides is not in it. */
async function inspectObject(client: SalesforceClient, object: string, writes: boolean): Promise<Finding> {
  const about = `${object} permissions`
  const advice = `give the integration user's permission set Read${writes ? ' and Edit' : ''} on ${object}`
  try {
    const { updateable } = await client.describe(object)
    if (writes && !updateable) return { about, verdict: 'wrong', found: `our user may not edit ${object}`, advice }
    return { about, verdict: 'ok', found: writes ? 'our user may read and edit' : 'our user may read' }
  } catch (error) {
    if (!(error instanceof SalesforceError) || error.kind !== 'refused') throw error
    return { about, verdict: 'wrong', found: `our user does not see ${object}`, advice }
  }
}

/** Neither is what our user works with: one that may not see them is no wrong credentials. */
async function inspectDay(client: SalesforceClient): Promise<Finding> {
  const about = 'daily limit'
  const limits = await unlessRefused(client.limits())
  if (limits === null) {
    const found = 'Salesforce does not tell our user how many calls are left'
    const advice =
      "give the integration user's permission set View Setup and Configuration, or see Setup → System Overview"
    return { about, verdict: 'warning', found, advice }
  }
  const [organization] =
    (await unlessRefused(client.queryAll('SELECT OrganizationType FROM Organization LIMIT 1'))) ?? []
  const { Max: most, Remaining: left } = limits.DailyApiRequests
  const found = `${left} of ${most} calls in 24 hours left, ${organization?.OrganizationType ?? 'unknown edition'}`
  if (left === 0)
    return { about, verdict: 'wrong', found, advice: 'Setup → System Overview → API Usage tells which app uses them' }
  if (left > most * littleLeft) return { about, verdict: 'ok', found }
  return { about, verdict: 'warning', found, advice: 'start no large backfill until more are free' }
}

async function unlessRefused<T>(asked: Promise<T>): Promise<T | null> {
  return asked.catch((error: unknown) => {
    if (error instanceof SalesforceError && (error.kind === 'refused' || error.kind === 'credentials')) return null
    throw error
  })
}
