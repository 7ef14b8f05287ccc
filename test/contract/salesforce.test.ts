import { afterAll } from 'vitest'
import { vendorContract } from './crm-contract.ts'
import { salesforceAccount, startOrg } from './salesforce-account.ts'

const org = await startOrg()
afterAll(() => org.close())

vendorContract('Salesforce', async () => salesforceAccount(org))
