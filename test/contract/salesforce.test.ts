import { afterAll } from 'vitest'
import { remoteContract } from './crm-contract.ts'
import { salesforceAccount, startOrg } from './salesforce-account.ts'

const org = await startOrg()
afterAll(() => org.close())

remoteContract('Salesforce', async () => salesforceAccount(org))
