import { afterAll, expect, test } from 'vitest'
import { type ImportPlan, importRecords } from '../../src/contacts/index.ts'
import { rememberConnection } from '../../src/crm/index.ts'
import { createLog } from '../../src/log.ts'
import { startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts'
import { salesforceOn } from '../contract/salesforce-account.ts'
import { createTestDatabase } from '../support/database.ts'

const hourMs = 3_600_000
let time = Date.parse('2026-11-01T09:00:00Z')
const { db } = await createTestDatabase()
const org = await startSalesforceSandbox({ clock: () => time })
afterAll(() => org.close())
const crm = salesforceOn(org, { connection: 'sf', now: () => new Date(time) })
await rememberConnection({ db }, { name: 'sf', kind: 'salesforce', account: org.orgId })

const plan: ImportPlan = {
  connection: 'sf',
  object: 'Contact',
  numberFields: ['Phone'],
  emailFields: crm.emailFields,
  import: { last_name: 'LastName' },
  mapped: [],
  defaultCountry: 'US',
}
const next = {
  keysSeen: async () => undefined,
  recordsGone: async () => undefined,
  recordsConverted: async () => undefined,
  recordsRead: async () => undefined,
  recordMerged: async () => undefined,
  recordsChanged: async () => undefined,
}

/** An import, an hour later. */
function importAll(changes: Partial<ImportPlan> = {}, isFull = false) {
  time += hourMs
  const deps = { db, crm, log: createLog('silent'), now: () => new Date(time), next }
  return importRecords(deps, { plan: { ...plan, ...changes }, isFull })
}

const [first = ''] = org.createRecords('Contact', [
  { values: { LastName: 'Adler', Phone: '(212) 555-0101' } },
  { values: { LastName: 'Berg', Phone: '(212) 555-0102' } },
])

test('a CRM that tells what has changed is read whole once, and from then on for its changes', async () => {
  time += hourMs
  org.createRecords('Contact', [{ values: { LastName: 'Cole', Phone: '(212) 555-0103' } }])
  time += hourMs / 12 - hourMs
  expect(await importAll()).toMatchObject({ scanned: 3, created: 3 })
  // What changed just before an import is looked at once more: a save is seen only when it is committed.
  expect(await importAll()).toMatchObject({ scanned: 1, created: 0, changed: 0 })
  org.edit({ object: 'Contact', id: first, values: { Phone: '(212) 555-0104' }, as: 'person' })
  org.createRecords('Contact', [{ values: { LastName: 'Diaz', Phone: '(212) 555-0105' } }])
  expect(await importAll()).toMatchObject({ scanned: 2, created: 1, changed: 1 })
})

test('asked for other fields, it is read whole again; so it is on request', async () => {
  expect(await importAll({ numberFields: ['Phone', 'MobilePhone'] })).toMatchObject({ scanned: 4, created: 0 })
  expect(await importAll({ numberFields: ['Phone', 'MobilePhone'] })).toMatchObject({ scanned: 0 })
  expect(await importAll({ numberFields: ['Phone', 'MobilePhone'] }, true)).toMatchObject({ scanned: 4 })
})
