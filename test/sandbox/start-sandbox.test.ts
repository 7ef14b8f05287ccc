import { Connection } from 'jsforce/lib/connection.js'
import { expect, onTestFinished, test } from 'vitest'
import { sandboxVendors, startSandbox } from '../../src/sandbox/index.ts'

test('the sample people are in both CRMs, and the credentials open them', async () => {
  const sandbox = await startSandbox()
  onTestFinished(() => sandbox.close())
  const { salesforce, hubspot, peopleByEmail, salesforcePeopleByEmail } = sandbox
  expect([...salesforcePeopleByEmail.keys()]).toEqual([...peopleByEmail.keys()])
  expect(hubspot.state().contacts).toHaveLength(peopleByEmail.size)
  const { salesforceClientId: clientId, salesforceClientSecret: clientSecret } = sandboxVendors
  const connection = new Connection({
    oauth2: { loginUrl: salesforce.url, clientId, clientSecret },
    version: '64.0',
  })
  await connection.authorize({ grant_type: 'client_credentials' })
  const soql = 'SELECT Id, Email, Phone, Last_Call_Summary__c, Last_Sentiment__c, Last_Call_At__c FROM Contact'
  const { records } = await connection.query(soql)
  expect(new Map(records.map(({ Email, Id }) => [Email, Id]))).toEqual(salesforcePeopleByEmail)
  expect(records.find(({ Email }) => Email === 'tom.berg@example.com')).toMatchObject({ Phone: '(206) 555-0142' })
})
