import type { FieldDraft } from '../salesforce/index.ts'

/** The people of the sample conversations as the CRM knew them before Afterword. Numbers are of the fictional range. */
export const samplePeople = [
  { firstname: 'Maya', lastname: 'Okafor', email: 'maya.okafor@example.com', phone: '+12065550141' },
  { firstname: 'Tom', lastname: 'Berg', email: 'tom.berg@example.com', phone: '(206) 555-0142' },
  {
    firstname: 'Lucia',
    lastname: 'Romano',
    email: 'lucia.romano@example.com',
    phone: '+12065550143',
    mobilephone: '+12065550153',
  },
  { firstname: 'Dev', lastname: 'Patel', email: 'dev.patel@example.com', phone: '206-555-0144' },
  { firstname: 'Hanna', lastname: 'Lind', email: 'hanna.lind@example.com', phone: '+12065550145' },
  { firstname: 'Sam', lastname: 'Ferreira', email: 'sam.ferreira@example.com', phone: '+12065550146' },
  { firstname: 'Nia', lastname: 'Ferreira', email: 'nia.ferreira@example.com', phone: '+12065550146' },
]

/** When the people above were put into the CRM. */
export const contactsSince = '2026-03-02T09:00:00Z'

/** The custom properties that the shipped mapping writes to. */
export const sampleProperties = [
  { name: 'last_call_summary', label: 'Last call summary', type: 'string', fieldType: 'textarea' },
  {
    name: 'last_sentiment',
    label: 'Last sentiment',
    type: 'enumeration',
    fieldType: 'select',
    options: choices('positive', 'neutral', 'negative'),
  },
  { name: 'last_call_successful', label: 'Last call successful', type: 'bool', fieldType: 'booleancheckbox' },
  { name: 'last_call_at', label: 'Last call at', type: 'datetime', fieldType: 'date' },
  {
    name: 'services_discussed',
    label: 'Services discussed',
    type: 'enumeration',
    fieldType: 'checkbox',
    options: choices('heat pump', 'furnace repair', 'boiler service', 'air conditioning'),
  },
  { name: 'highest_budget', label: 'Highest budget', type: 'number', fieldType: 'number' },
  { name: 'preferred_visit_day', label: 'Preferred visit day', type: 'string', fieldType: 'text' },
]

/** The same for a Salesforce contact. */
export const sampleSalesforceFields: FieldDraft[] = [
  { name: 'Last_Call_Summary__c', kind: 'long_textarea', length: 32_768 },
  { name: 'Last_Sentiment__c', kind: 'text', length: 40 },
  { name: 'Last_Call_Successful__c', kind: 'checkbox' },
  { name: 'Last_Call_At__c', kind: 'datetime' },
]

/** What people at the company had typed in before Afterword was installed. */
export const typedBefore = [
  { email: 'dev.patel@example.com', at: '2026-10-20T15:00:00Z', properties: { highest_budget: '15000' } },
  { email: 'hanna.lind@example.com', at: '2026-04-11T08:30:00Z', properties: { preferred_visit_day: 'Monday' } },
]

/** What a rep types in after the first analysis and before the backfill of the demo. */
export const typedSince = {
  email: 'tom.berg@example.com',
  properties: { last_call_summary: 'Spoke to Tom myself: he signs on Monday. Do not call.' },
}

function choices(...values: string[]) {
  return values.map((value) => ({ value, label: value }))
}
