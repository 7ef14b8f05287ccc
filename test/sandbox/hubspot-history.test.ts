import { expect, test } from 'vitest'
import { openPortal } from './hubspot-portal.ts'

async function openWithContact() {
  const portal = await openPortal()
  const [id = ''] = portal.sandbox.createContacts([{ properties: { city: 'Bern' }, at: '2026-03-01T08:00:00Z' }])
  const write = (city: string) => portal.batch.update({ inputs: [{ id, properties: { city } }] })
  return { ...portal, id, write }
}

test('history tells newest first who wrote what: a person, a workflow, another app, an import, and us', async () => {
  const { sandbox, id, write, history } = await openWithContact()
  sandbox.edit({ id, properties: { city: 'Genf' }, as: 'workflow' })
  sandbox.edit({ id, properties: { city: 'Zug' }, as: 'app' })
  sandbox.edit({ id, properties: { city: 'Chur' }, as: 'import' })
  sandbox.edit({ id, properties: { city: 'Thun' }, as: 'person', userId: 7 })
  await write('Basel')
  const told = await history(id, 'city')
  expect(told).toMatchObject([
    { value: 'Basel', sourceType: 'INTEGRATION', sourceId: '19083857' },
    { value: 'Thun', sourceType: 'CRM_UI', sourceId: 'userId:7', updatedByUserId: 7 },
    { value: 'Chur', sourceType: 'IMPORT' },
    { value: 'Zug', sourceType: 'INTEGRATION', sourceId: '20000001' },
    { value: 'Genf', sourceType: 'AUTOMATION_PLATFORM' },
    { value: 'Bern', sourceType: 'CRM_UI', timestamp: '2026-03-01T08:00:00.000Z' },
  ])
  const times = told.map(({ timestamp }) => timestamp)
  expect(times).toEqual([...new Set(times)].toSorted().toReversed())
})

test('writing an equal value leaves no trace, a changed one moves lastmodifieddate', async () => {
  const { id, write, read, history, advance } = await openWithContact()
  await write(' Bern ')
  expect(await history(id, 'city')).toHaveLength(1)
  expect(await read(id)).toMatchObject({ lastmodifieddate: '2026-03-01T08:00:00.000Z' })
  advance(1_000)
  await write('Basel')
  expect(await read(id)).toMatchObject({ lastmodifieddate: '2026-11-21T09:00:01.000Z', hs_object_id: id })
})

test('an edit with a moment in the past takes its place in history and leaves the current value', async () => {
  const { sandbox, id, write, read, history } = await openWithContact()
  await write('Basel')
  sandbox.edit({ id, properties: { city: 'Chur' }, as: 'person', at: '2026-04-01T08:00:00Z' })
  expect((await history(id, 'city')).map(({ value }) => value)).toEqual(['Basel', 'Chur', 'Bern'])
  expect(await read(id, 'city')).toMatchObject({ city: 'Basel' })
})

test('at most 45 revisions are kept, the oldest go', async () => {
  const { sandbox, id, history } = await openWithContact()
  for (let turn = 1; turn <= 50; turn += 1) sandbox.edit({ id, properties: { city: `City ${turn}` }, as: 'person' })
  const told = await history(id, 'city')
  expect(told).toHaveLength(45)
  expect([told[0]?.value, told[44]?.value]).toEqual(['City 50', 'City 6'])
})

test('a property whose history is off tells none, and the values stay readable', async () => {
  const { sandbox, id, batch } = await openWithContact()
  sandbox.configure({ historyOff: ['city'] })
  const answer = await batch.read({ inputs: [{ id }], properties: [], propertiesWithHistory: ['city'] })
  expect(answer.results).toMatchObject([{ properties: { city: 'Bern' }, propertiesWithHistory: { city: [] } }])
})

test('a workflow rewrites what the API wrote, as its own revision; a rewrite of the CRM itself leaves none', async () => {
  const { sandbox, id, batch, read, history, write } = await openWithContact()
  sandbox.configure({
    flows: [
      { property: 'city', kind: 'uppercase', as: 'workflow' },
      { property: 'message', kind: 'crlf', as: 'crm' },
    ],
  })
  const answer = await write('Basel')
  expect(answer.results[0]?.properties.city).toBe('Basel')
  expect((await history(id, 'city')).slice(0, 2)).toMatchObject([
    { value: 'BASEL', sourceType: 'AUTOMATION_PLATFORM' },
    { value: 'Basel', sourceType: 'INTEGRATION' },
  ])
  await batch.update({ inputs: [{ id, properties: { message: 'one\ntwo\r\nthree' } }] })
  await batch.update({ inputs: [{ id, properties: { message: 'one\ntwo\r\nthree' } }] })
  expect(await read(id, 'message')).toMatchObject({ message: 'one\r\ntwo\r\nthree' })
  expect(await history(id, 'message')).toHaveLength(1)
})

test('a read names what is missing, or passes over it in silence, as the switch says', async () => {
  const { sandbox, id, batch } = await openWithContact()
  const body = {
    inputs: [{ id }, { id: '999' }],
    properties: ['city', 'nosuch', 'firstname'],
    propertiesWithHistory: [],
  }
  const reported = await batch.readWithHttpInfo(body)
  expect(reported.httpStatusCode).toBe(207)
  expect(reported.data).toMatchObject({ errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: ['999'] } }] })
  expect(reported.data.results[0]?.properties).toMatchObject({ city: 'Bern', firstname: null })
  expect(reported.data.results[0]?.properties).not.toHaveProperty('nosuch')
  sandbox.configure({ missingIds: 'absent' })
  expect((await batch.readWithHttpInfo(body)).httpStatusCode).toBe(200)
})
