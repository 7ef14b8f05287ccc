import { afterAll } from 'vitest'
import { createTestDatabase } from '../support/database.ts'
import { remoteContract } from './crm-contract.ts'
import { hubspotAccount, startPortal } from './hubspot-account.ts'

const { db } = await createTestDatabase()
const portal = await startPortal()
afterAll(() => portal.close())

remoteContract('HubSpot', async () => hubspotAccount(portal, db))
