import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { openPortal } from './hubspot-portal.ts'
import { openOrg } from './salesforce-org.ts'

/** Something that workflows call, and what it was told. */
async function openListener() {
  const told: { path: string | undefined; secret: unknown; body: unknown }[] = []
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    told.push({ path: incoming.url, secret: incoming.headers['x-secret'], body })
    outgoing.writeHead(incoming.url === '/broken' ? 500 : 202).end()
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return { told, url: `http://127.0.0.1:${address.port}` }
}

test('a Salesforce workflow calls out when anybody changes its field, and not otherwise', async () => {
  const { told, url } = await openListener()
  const { sandbox, contacts, update } = await openOrg()
  const [id = ''] = contacts({ Note__c: 'first' })
  const callout = { object: 'Contact', field: 'Note__c', url: `${url}/rerun`, headers: { 'x-secret': 's' } }
  sandbox.configure({ callouts: [callout] })
  await update([{ id, Note__c: 'first', Title: 'x' }])
  await sandbox.settled()
  expect(told).toEqual([])
  await update([{ id, Note__c: 'ours' }])
  sandbox.edit({ object: 'Contact', id, values: { Note__c: 'theirs' }, as: 'person' })
  await sandbox.settled()
  const expected = { path: '/rerun', secret: 's', body: { record_id: id, object: 'Contact', field: 'Note__c' } }
  expect(told).toEqual([expected, expected])
})

test('a HubSpot workflow calls out when anybody changes its property, once for a change and its rewrite', async () => {
  const { told, url } = await openListener()
  const { sandbox, post } = await openPortal()
  const [id = ''] = sandbox.createContacts([{ properties: { city: 'Bern' } }])
  sandbox.configure({
    callouts: [{ object: 'contact', field: 'city', url, headers: {} }],
    flows: [{ property: 'city', kind: 'uppercase', as: 'workflow' }],
  })
  await post('batch/update', { inputs: [{ id, properties: { city: 'Basel', state: 'BS' } }] })
  await sandbox.settled()
  expect(told.map(({ body }) => body)).toEqual([
    { objectId: Number(id), objectTypeId: '0-1', properties: { city: 'BASEL' } },
  ])
  sandbox.edit({ id, properties: { city: 'Chur' }, as: 'person' })
  await sandbox.settled()
  expect(told).toHaveLength(2)
})

test('nobody minds a call that fails', async () => {
  const { told, url } = await openListener()
  const { sandbox, contacts, update } = await openOrg()
  const [id = ''] = contacts({})
  const place = { object: 'Contact', field: 'Note__c', headers: {} }
  sandbox.configure({
    callouts: [
      { ...place, url: `${url}/broken` },
      { ...place, url: 'http://127.0.0.1:1/' },
    ],
  })
  expect((await update([{ id, Note__c: 'x' }])).body).toMatchObject([{ success: true }])
  await sandbox.settled()
  expect(told).toHaveLength(1)
})
