import { Readable } from 'node:stream'
import { sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'
import { runContactImport } from '../../../src/contacts/index.ts'
import { ownMapping } from '../../support/own-contacts.ts'
import { createWorld } from '../../support/world.ts'
import { columns, openImporting, usual } from './importing.ts'
import { openContacts } from './open-contacts.ts'

const world = await createWorld()
const { db } = world
await world.useMapping(ownMapping)
const opened = await openContacts(world, afterAll)
const { retell, refusal, call: request, key, url } = opened
const { contact } = retell
const { deps, upload } = openImporting(world, opened)

describe('one at a time', () => {
  test('a second is 409 until the first has ended; of two asked at once one is', async () => {
    const file = 'Phone,First,Budget\n+12125550160,A,\n'
    const ids = [await upload(file), await upload(file)]
    const ask = (upload_id = '') => contact.createImport({ upload_id, column_mapping: columns(...usual) })
    const answers = await Promise.all(ids.map((id) => refusal(ask(id)).catch(() => null)))
    expect(answers.filter((answer) => answer === null)).toHaveLength(1)
    expect(answers.find((answer) => answer !== null)).toEqual([409, expect.stringContaining('running already')])
    await runContactImport(deps)
    expect(await refusal(ask(ids[answers.indexOf(null)]))).toEqual([
      400,
      expect.stringContaining('no such file any more'),
    ])
    await ask(ids[answers.findIndex((answer) => answer !== null)])
    await runContactImport(deps)
    // Nothing of the files is left.
    expect(await db.selectFrom('contact_upload_parts').select('seq').execute()).toEqual([])
  })

  test('one that was broken off goes on where it stopped: each row counts once', async () => {
    const rows = Array.from(
      { length: 1_000 },
      (_, at) => `+1646555${String(1_000 + at)},N${at},${at % 10 === 0 ? 'x' : at}`,
    )
    const upload_id = await upload(['Phone,First,Budget', ...rows].join('\n'))
    await contact.createImport({ upload_id, column_mapping: columns(...usual) })
    const stopping = new AbortController()
    stopping.abort()
    await runContactImport(deps, stopping.signal)
    expect(await contact.getImport()).toMatchObject({ status: 'running', succeeded: 180, failed: 20 })
    await Promise.all([runContactImport(deps, stopping.signal), runContactImport(deps, stopping.signal)])
    await runContactImport(deps)
    expect(await contact.getImport()).toMatchObject({ status: 'idle', succeeded: 900, failed: 100 })
    expect((await contact.list({ search_query: '+1646555' })).total).toBe(900)
  })

  test('one that gets nowhere is given up, and says so', async () => {
    const upload_id = await upload('Phone,First,Budget\n+12125550170,A,\n')
    await contact.createImport({ upload_id, column_mapping: columns(...usual) })
    await sql`update contact_jobs set tries = 10 where state = 'queued'`.execute(db)
    await runContactImport(deps)
    expect(await contact.getImport()).toMatchObject({
      status: 'idle',
      succeeded: 0,
      reason: expect.stringContaining('ten times'),
    })
  })
})

describe('what cannot be is refused', () => {
  const form = (body: string, contentType = 'multipart/form-data; boundary=xx') =>
    request('POST', '/upload-contact-import-file', body, { 'content-type': contentType })
  test.each([
    ['no form', 'Phone\n1', 'text/csv', 'expected multipart/form-data'],
    [
      'a form without a file',
      '--xx\r\ncontent-disposition: form-data; name="x"\r\n\r\n1\r\n--xx--\r\n',
      undefined,
      'no part named file',
    ],
    [
      'a form that breaks off',
      '--xx\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\nPhone',
      undefined,
      'breaks off',
    ],
    ['an empty form', '--xx--\r\n', undefined, 'no part named file'],
  ])('%s', async (_, body, contentType, message) => {
    const answer = await form(body, contentType)
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { status: 'error', message: expect.stringContaining(message) },
    ])
  })

  test.each([
    ['an empty file', '', 'no first row of headers'],
    ['a file of another alphabet', Buffer.from('Phone,N\xe4me\n', 'latin1'), 'is not text in UTF-8'],
    ['a file of two bytes a letter', Buffer.from('\uFEFFPhone,Name\n', 'utf16le'), 'is not text in UTF-8'],
  ])('%s', async (_, bytes, message) => {
    expect(await refusal(upload(bytes))).toEqual([400, expect.stringContaining(message)])
    expect(await db.selectFrom('contact_uploads').select('id').execute()).toEqual([])
  })

  test('columns that are not there, are twice or cannot be written; no number, two numbers; an unknown file', async () => {
    const upload_id = await upload('Phone,First,First,Last\n')
    const asking = (...pairs: [string, string][]) =>
      refusal(contact.createImport({ upload_id, column_mapping: columns(...pairs) }))
    const [status, message] = await asking(
      ['first_name', 'Phonne'],
      ['contact_x', 'Last'],
      ['last_name', 'First'],
      ['last_name', 'Last'],
    )
    expect(status).toBe(400)
    expect(message.split('; ')).toEqual([
      'column_mapping: exactly one column is to be phone_number',
      'column_mapping.0.external_field_name: the file has no column "Phonne"',
      'did you mean "Phone"?',
      'column_mapping.1.field_name: names that start with contact or external are taken',
      'column_mapping.2.external_field_name: the file has 2 columns "First"',
      'column_mapping.3.field_name: "last_name" is named twice',
    ])
    expect(await asking(['phone_number', 'Phone'], ['phone_number', 'Last'])).toMatchObject([
      400,
      expect.stringContaining('exactly one'),
    ])
    const unknown = contact.createImport({ upload_id: 'upload_0', column_mapping: columns(['phone_number', 'Phone']) })
    expect(await refusal(unknown)).toEqual([400, expect.stringContaining('no such file')])
    const country = contact.createImport({
      upload_id,
      column_mapping: columns(['phone_number', 'Phone']),
      default_country: 'Germany',
    })
    expect(await refusal(country)).toEqual([400, expect.stringContaining('country of two letters')])
  })
})

test('100,000 rows come in and are read in flat memory', async () => {
  async function* body() {
    yield Buffer.from(
      '--xx\r\ncontent-disposition: form-data; name="file"; filename="many.csv"\r\n\r\nPhone,First,Budget,Note\r\n',
    )
    for (let at = 0; at < 100; at += 1)
      yield Buffer.from(
        Array.from({ length: 1_000 }, (_, row) => `none,First${at},${row},${'some words '.repeat(20)}\r\n`).join(''),
      )
    yield Buffer.from('\r\n--xx--\r\n')
  }
  const used = () => process.memoryUsage().heapUsed + process.memoryUsage().external
  const before = used()
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, used() - before)
  }, 5)
  const answer = await fetch(`${url}/upload-contact-import-file`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'multipart/form-data; boundary=xx' },
    body: Readable.toWeb(Readable.from(body())) as ReadableStream,
    duplex: 'half',
  } as RequestInit)
  expect(answer.status).toBe(201)
  const { upload_id } = (await answer.json()) as { upload_id: string }
  const { rows } = await sql<{
    bytes: number
  }>`select sum(length(data))::int as bytes from contact_upload_parts where upload_id = ${upload_id}`.execute(db)
  expect(rows[0]?.bytes).toBeGreaterThan(23_000_000)
  await contact.createImport({ upload_id, column_mapping: columns(...usual) })
  await runContactImport(deps)
  clearInterval(watch)
  expect(await contact.getImport()).toMatchObject({ status: 'idle', succeeded: 0, failed: 100_000 })
  expect(most / 1024 / 1024).toBeLessThan(150)
}, 60_000)
