import { afterAll } from 'vitest'
import { crmContract } from './crm-contract.ts'
import { salesforceAccount, startOrg } from './salesforce-account.ts'

const org = await startOrg()
afterAll(() => org.close())

crmContract('Salesforce', async () => salesforceAccount(org))
