import type { CRMUpdateConfigParams } from 'retell-sdk/resources/crm'
import { afterAll, expect, test } from 'vitest'
import { importing } from '../../../src/jobs.ts'
import { textField } from '../../support/records.ts'
import { openRetell } from './open-retell.ts'

const { client, db, world } = await openRetell(afterAll)
world.hubspot.defineProperties([textField('last_summary')])
await world.useMapping(`
version: 1
crm: hubspot
connection: main
object: contacts
match: [{ number: { of: [from_or_to], in: [phone] } }]
import: { first_name: firstname }
fields: [{ from: call_summary, field: summary, to: last_summary }]
activity: { calls: true }
`)

const refused = (status: number, message: RegExp) => ({
  status,
  error: { status: 'error', message: expect.stringMatching(message) },
})

test('the schema is asked of the CRM', async () => {
  world.hubspot.defineProperties([textField('fresh')])
  const schema = await client.crm.getSchema()
  expect(schema).toMatchObject({
    provider: 'hubspot',
    fields: expect.arrayContaining([
      { name: 'fresh', type: 'string' },
      { name: 'firstname', type: 'string', label: expect.any(String) },
    ]),
  })
  expect(await client.crm.getSchema({ app_id: 'main' })).toEqual(schema)
  await expect(client.crm.getSchema({ app_id: 'other' })).rejects.toMatchObject(refused(404, /no app other/))
})

test('one sync at a time, and how it stands', async () => {
  expect(await client.crm.getSyncJobStatus()).toEqual({ status: 'idle' })
  expect(await client.crm.runSyncJob()).toMatchObject({
    status: 'queued',
    triggered_by: 'manual',
    succeeded: 0,
    failed: 0,
  })
  await expect(client.crm.runSyncJob()).rejects.toMatchObject(refused(400, /already running/))
  expect(await client.crm.getSyncJobStatus()).toMatchObject({ status: 'queued', triggered_by: 'manual' })
  await db
    .deleteFrom('pgboss.job' as never)
    .where('name' as never, '=', importing.name as never)
    .execute()
  world.account.createContacts([{ properties: { phone: '+12125550101' } }])
  await world.importCrm()
  const done = await client.crm.getSyncJobStatus()
  expect(done).toEqual({ status: 'idle', start_timestamp: expect.any(Number), succeeded: 1, failed: 0 })
  expect(await client.crm.getConfig()).toMatchObject({ last_sync_timestamp: expect.any(Number) })
})

test('apps are our connections, to be looked at', async () => {
  const page = await client.app.list()
  expect(page).toEqual({
    has_more: false,
    items: [
      {
        app_id: 'main',
        org_id: 'org_afterword',
        type: 'crm',
        provider: 'hubspot',
        name: 'main',
        connection_status: 'connected',
        tenant_id: expect.any(String),
        crm_config: {
          inbound_sync_mappings: [
            { field_name: 'phone_number', external_field_name: 'phone' },
            { field_name: 'first_name', external_field_name: 'firstname' },
          ],
          outbound_sync_mappings: [{ field_name: 'summary', external_field_name: 'last_summary' }],
          sync_conversation_activity: true,
          sync_new_contacts: false,
        },
        created_timestamp: expect.any(Number),
        user_modified_timestamp: expect.any(Number),
      },
    ],
  })
  expect(await client.app.get('main')).toEqual(page.items[0])
  await expect(client.app.get('other')).rejects.toMatchObject(refused(404, /no app other/))
  for (const elsewhere of [
    () => client.app.create({ type: 'crm', provider: 'hubspot' }),
    () => client.app.update('main', { name: 'x' }),
    () => client.app.delete('main'),
    () => client.app.listUsages('main'),
    () => client.app.testAuth('main'),
    () => client.agent.repair('agent_x'),
  ])
    await expect(elsewhere()).rejects.toMatchObject(refused(501, /is not served here: /))
})

const update = (body: object) => client.crm.updateConfig(body as CRMUpdateConfigParams)

test('tags are listed as they were sent, and null clears the list', async () => {
  const tags = [
    { id: 'a'.repeat(32), label: 'VIP' },
    { id: 'b'.repeat(32), label: 'Lead' },
  ]
  expect(await update({ contact_tags: tags })).toMatchObject({ contact_tags: tags })
  expect(await update({})).toMatchObject({ contact_tags: tags })
  await expect(update({ contact_tags: [{ id: 'x', label: ' ' }] })).rejects.toMatchObject(
    refused(400, /contact_tags\.0\.id: must be 32 hex digits; contact_tags\.0\.label: must not be blank/),
  )
  await expect(update({ contact_tags: [{ id: 'a'.repeat(32), label: 'V\0IP' }] })).rejects.toMatchObject(
    refused(400, /must not contain a NUL character/),
  )
  await expect(update({ contact_tags: [tags[0], tags[0]] })).rejects.toMatchObject(refused(400, /the same id twice/))
  expect(await update({ contact_tags: null })).toMatchObject({ contact_tags: [] })
})
