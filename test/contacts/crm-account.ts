import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { type ContactsAnnouncements, findHolders, type ImportPlan, importRecords } from '../../src/contacts/index.ts'
import { createHubspot } from '../../src/crm/hubspot/adapter.ts'
import { rememberConnection } from '../../src/crm/index.ts'
import type { Db } from '../../src/db/index.ts'
import { createLog } from '../../src/log.ts'
import { startHubspotSandbox } from '../../src/sandbox/hubspot/index.ts'

const log = createLog('silent')

/** An empty HubSpot account of the test's own under a connection of its own, and what an import of it announced. */
export async function openAccount(db: Db, connection: string) {
  const sandbox = await startHubspotSandbox({ searchLagMs: 0, rateScale: 100 })
  onTestFinished(() => sandbox.close())
  const rate = { perTenSeconds: 10_000 }
  const crm = createHubspot({ db, log }, { connection, token: 'sandbox-hubspot', baseUrl: sandbox.url, rate })
  await rememberConnection({ db }, { name: connection, kind: 'hubspot', account: connection })
  const plan: ImportPlan = {
    connection,
    object: 'contacts',
    numberFields: ['phone', 'mobilephone'],
    emailFields: crm.emailFields,
    import: { first_name: 'firstname', last_name: 'lastname', title: 'jobtitle' },
    mapped: [],
    defaultCountry: 'US',
  }
  const announced = {
    seen: [] as number[],
    merged: [] as { from: number; into: number }[],
    changed: [] as number[],
    gone: [] as number[],
  }
  const next: ContactsAnnouncements = {
    keysSeen: async (_trx, { recordIds }) => {
      announced.seen.push(...recordIds)
    },
    recordsGone: async (_trx, { recordIds }) => {
      announced.gone.push(...recordIds)
    },
    recordsConverted: async () => undefined,
    recordsRead: async () => undefined,
    recordMerged: async (_trx, { from, into }) => {
      announced.merged.push({ from, into })
    },
    recordsChanged: async (_trx, { recordIds }) => {
      announced.changed.push(...recordIds)
    },
  }
  return {
    sandbox,
    crm,
    announced,
    importAll: (now = new Date(), from = crm, how: { isFull?: boolean } = {}) =>
      importRecords({ db, crm: from, log, next, now: () => now }, { plan, ...how }),
    holders: async (kind: 'number' | 'email', key: string) => {
      const found = await findHolders(db, { connection, object: 'contacts', kind, keys: [key] })
      return found.get(key) ?? []
    },
    recordId: async (externalId: string) => {
      const ours = db.selectFrom('crm_records').select('id').where('connection', '=', connection)
      return (await ours.where('external_id', '=', externalId).executeTakeFirstOrThrow()).id
    },
    merge: async (primaryObjectId: string, objectIdToMerge: string): Promise<string> => {
      const answer = await fetch(`${sandbox.url}/crm/v3/objects/contacts/merge`, {
        method: 'POST',
        headers: { authorization: 'Bearer sandbox-hubspot', 'content-type': 'application/json' },
        body: JSON.stringify({ primaryObjectId, objectIdToMerge }),
      })
      return z.object({ id: z.string() }).parse(await answer.json()).id
    },
  }
}
