import { createTestDatabase } from '../support/database.ts'
import { crmContract } from './crm-contract.ts'
import { localAccount } from './local-account.ts'

const { db } = await createTestDatabase()

// What may befall a call does not befall it: it makes none.
crmContract('Our own contacts', () => localAccount(db))
