import { Client } from '@hubspot/api-client'
import { FilterOperatorEnum } from '@hubspot/api-client/lib/codegen/crm/contacts/index.js'
import { Connection } from 'jsforce'
import { perSecond } from '../figures.ts'
import type { CrmServer } from './crm-servers.ts'
import { createContacts, phoneOf } from './touch.ts'

/** What is extrapolated from: the loops are as slow on the last record as on the first. */
export const plainRecords = 200
const latencyMs = 300

/** The loop that a user would write with HubSpot's SDK: search by phone, update, one after the other. Records a second. */
export async function plainHubspot(hubspot: CrmServer): Promise<number> {
  await hubspot.order('reset', {})
  await hubspot.configure({ latencyMs: 0, rateScale: 1_000, searchLagMs: 0 })
  await createContacts(hubspot, plainRecords)
  await hubspot.configure({ latencyMs, rateScale: 1 })
  const client = new Client({ accessToken: 'sandbox-hubspot', basePath: hubspot.url })
  return await perSecond(plainRecords, async () => {
    for (let person = 0; person < plainRecords; person += 1) {
      const filters = [{ propertyName: 'phone', operator: FilterOperatorEnum.Eq, value: phoneOf(person) }]
      const found = await client.crm.contacts.searchApi.doSearch({
        filterGroups: [{ filters }],
        properties: ['phone'],
        limit: 1,
        sorts: [],
        after: '0',
      })
      const [contact] = found.results
      if (!contact) throw new Error(`no contact has ${phoneOf(person)}`)
      await client.crm.contacts.batchApi.update({
        inputs: [{ id: contact.id, properties: { last_call_summary: 'They asked for an offer.' } }],
      })
    }
  })
}

/** The same with jsforce. */
export async function plainSalesforce(salesforce: CrmServer): Promise<number> {
  await salesforce.configure({ latencyMs: 0 })
  const seeds = Array.from({ length: plainRecords }, (_, person) => ({
    values: { LastName: `Person ${person}`, Phone: phoneOf(person) },
  }))
  await salesforce.order('records', { object: 'Contact', records: seeds })
  await salesforce.configure({ latencyMs })
  const connection = new Connection({
    instanceUrl: salesforce.url,
    oauth2: { loginUrl: salesforce.url, clientId: 'sandbox-salesforce', clientSecret: 'sandbox-salesforce-secret' },
  })
  await connection.authorize({ grant_type: 'client_credentials' })
  return await perSecond(plainRecords, async () => {
    for (let person = 0; person < plainRecords; person += 1) {
      const { records } = await connection.query(`SELECT Id FROM Contact WHERE Phone = '${phoneOf(person)}'`)
      const id = records[0]?.Id
      if (!id) throw new Error(`no contact has ${phoneOf(person)}`)
      await connection.sobject('Contact').update({ Id: id, Description: 'They asked for an offer.' })
    }
  })
}
