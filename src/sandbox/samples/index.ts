import type { HubspotSandbox } from '../hubspot/index.ts'
import type { SalesforceSandbox } from '../salesforce/index.ts'
import {
  contactsSince,
  samplePeople,
  sampleProperties,
  sampleSalesforceFields,
  typedBefore,
  typedSince,
} from './contacts.ts'

export { deskAgentId, draftWithShortSummary, sampleAgents } from './agents.ts'
export { sampleConversations } from './conversations.ts'

/** Fills a sandbox CRM with the people of the samples, as they stood there before Afterword. Returns their ids by e-mail. */
export function fillHubspot(hubspot: HubspotSandbox): Map<string, string> {
  hubspot.defineProperties(sampleProperties)
  const ids = hubspot.createContacts(
    samplePeople.map((properties) => ({ properties, at: contactsSince, source: 'person' })),
  )
  const byEmail = new Map(samplePeople.map((person, index) => [person.email, ids[index] ?? '']))
  for (const { email, at, properties } of typedBefore) {
    hubspot.edit({ id: byEmail.get(email) ?? '', as: 'person', at, properties })
  }
  return byEmail
}

/** Fills a sandbox Salesforce org with the same people as contacts. Returns their ids by e-mail. */
export function fillSalesforce(salesforce: SalesforceSandbox): Map<string, string> {
  salesforce.defineFields('Contact', sampleSalesforceFields)
  const seeds = samplePeople.map(({ firstname, lastname, email, phone, mobilephone = null }) => ({
    values: { FirstName: firstname, LastName: lastname, Email: email, Phone: phone, MobilePhone: mobilephone },
    at: contactsSince,
  }))
  const ids = salesforce.createRecords('Contact', seeds)
  return new Map(samplePeople.map(({ email }, place) => [email, ids[place] ?? '']))
}

/** A rep's edit in the middle of the demo. Returns whom it concerned. */
export function editAsRep(hubspot: HubspotSandbox, byEmail: Map<string, string>): string {
  hubspot.edit({ id: byEmail.get(typedSince.email) ?? '', as: 'person', properties: typedSince.properties })
  return typedSince.email
}
