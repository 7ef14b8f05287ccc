import { afterAll } from 'vitest'
import { createTestDatabase } from '../support/database.ts'
import { vendorContract } from './crm-contract.ts'
import { hubspotAccount, startPortal } from './hubspot-account.ts'

const { db } = await createTestDatabase()
const portal = await startPortal()
afterAll(() => portal.close())

vendorContract('HubSpot', async () => hubspotAccount(portal, db))
