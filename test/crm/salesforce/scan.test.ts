import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { salesforceOn, startOrg } from '../../contract/salesforce-account.ts'
import { contactId, record, startScriptedOrg } from './scripted-org.ts'

const org = await startOrg()
afterAll(() => org.close())
beforeEach(() => org.reset())
const crm = salesforceOn(org, { deadlineMs: 5_000 })

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

const create = (count: number, at: (place: number) => string, object = 'Contact') =>
  org.createRecords(
    object,
    Array.from({ length: count }, (_, place) => ({
      values: { LastName: `Test ${place}`, ...(object === 'Lead' && { Company: 'Acme' }) },
      at: at(place),
    })),
  )

async function scanAll(object: string, between: (page: number) => void = () => {}) {
  const pages: string[][] = []
  const values = new Map<string, string | null>()
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<typeof crm.scan>> = await crm.scan(object, ['LastName'], after)
    pages.push(page.records.map(({ externalId }) => externalId))
    for (const found of page.records) values.set(found.externalId, found.values.LastName ?? null)
    after = page.next
    between(pages.length)
  } while (after !== null)
  return { pages, values }
}

describe('a scan', () => {
  test('goes in the order of the last change, 2,000 at once, within one second by id', async () => {
    const ids = create(2_001, (place) => `2026-11-0${place < 1_990 ? 2 : 1}T09:00:00Z`)
    const { pages } = await scanAll('Contact')
    expect(pages.map(({ length }) => length)).toEqual([2_000, 1])
    expect(pages.flat()).toEqual([...ids.slice(1_990), ...ids.slice(0, 1_990)])
  })

  test('sees again, with its new value, what changes while it runs, and nothing of what is deleted', async () => {
    const ids = create(2_003, () => '2026-11-02T09:00:00Z')
    const [changed = '', deleted = ''] = [ids[5], ids[2_002]]
    const { pages, values } = await scanAll('Contact', (page) => {
      if (page > 1) return
      org.edit({ object: 'Contact', id: changed, values: { LastName: 'New' }, as: 'person' })
      org.remove({ object: 'Contact', id: deleted })
    })
    expect(pages.map(({ length }) => length)).toEqual([2_000, 3])
    expect(pages[1]?.at(-1)).toBe(changed)
    expect(values.get(changed)).toBe('New')
    expect([values.size, values.has(deleted)]).toEqual([2_002, false])
  })

  test('leaves converted leads out, and ends where there is nothing', async () => {
    const [open = '', converted = ''] = create(2, () => '2026-11-02T09:00:00Z', 'Lead')
    org.convertLead({ id: converted })
    expect((await scanAll('Lead')).pages).toEqual([[open]])
    org.reset()
    const nothing = { records: [], gone: [], next: null, seenTo: expect.stringMatching(instant) }
    expect(await crm.scan('Contact', ['LastName'], null)).toEqual(nothing)
  })

  test('tells what it was asked for, and when it changed', async () => {
    const [id = ''] = create(1, () => '2026-11-02T09:00:00Z')
    expect((await crm.scan('Contact', ['LastName', 'Email'], null)).records).toEqual([
      {
        externalId: id,
        values: { LastName: 'Test 0', Email: null },
        changedAt: new Date('2026-11-02T09:00:00Z'),
        mergedIds: [],
      },
    ])
  })

  test('of wide rows, which come in shorter pages (from docs), does not end with the first of them', async () => {
    const rows = Array.from({ length: 2_000 }, (_, place) =>
      record(contactId(place + 1), { SystemModstamp: '2026-11-02T09:00:00.000+0000' }),
    )
    const server = await startScriptedOrg(({ call, path }) => {
      if (call !== 'query') return undefined
      const start = Number(/-(\d+)$/.exec(path)?.[1] ?? 0)
      const isDone = start + 700 >= rows.length
      const next = isDone ? {} : { nextRecordsUrl: `/services/data/v64.0/query/01gSb0000000001AAA-${start + 700}` }
      return { body: { done: isDone, totalSize: 2_000, records: rows.slice(start, start + 700), ...next } }
    })
    const page = await salesforceOn(server, { deadlineMs: 5_000 }).scan('Contact', ['Note__c'], null)
    expect(page.records.map(({ externalId }) => externalId)).toEqual(rows.map(({ Id }) => Id))
    expect(page.next).toBe(`2026-11-02T09:00:00.000+0000 ${contactId(2_000)} ${page.seenTo}`)
    expect(server.count('query')).toBe(3)
  })
})

describe('a later scan', () => {
  const overlapMs = 600_000
  const at = (ms: number) => new Date(ms).toISOString()

  async function scanOn(after: string | null) {
    const { records, next, seenTo } = await crm.scan('Contact', [], after)
    return { count: records.length, next, seenTo: seenTo ?? '' }
  }

  test('looks ten minutes back from when this one was begun, also where the last page is empty', async () => {
    const begun = Date.now()
    create(2_000, () => at(begun - 60_000))
    const first = await scanOn(null)
    const last = await scanOn(first.next)
    expect(last).toMatchObject({ count: 0, next: null })
    expect(Math.abs(Date.parse(last.seenTo) - (begun - overlapMs))).toBeLessThan(10_000)
    // Saved by a transaction that was not committed yet when the page was read.
    create(1, () => at(begun - 120_000))
    expect(await scanOn(last.seenTo)).toMatchObject({ count: 2_000 })
  })

  test('does not read again what was loaded at once and is quiet since', async () => {
    create(20, () => at(Date.now() - 3_600_000))
    const { seenTo } = await scanOn(null)
    expect(await scanOn(seenTo)).toMatchObject({ count: 0 })
  })

  test('looks back from the begin of one that was gone on with much later', async () => {
    create(2_001, () => '2026-11-02T09:00:00Z')
    const { next, seenTo } = await scanOn(null)
    vi.useFakeTimers({ now: Date.now() + 86_400_000, toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    expect(await scanOn(next)).toEqual({ count: 1, next: null, seenTo })
  })
})

test.each(['', 'x', '2026-11-02', `yesterday ${contactId(1)}`, "2026-11-02T09:00:00Z x') OR (Id != '"])(
  'a cursor that cannot be read (%j) stops, and nothing is asked',
  async (cursor) => {
    const error = await crm.scan('Contact', [], cursor).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'crm.refused', recovery: 'stop', message: expect.stringContaining('cursor') })
    expect(org.requests().operations.query).toBeUndefined()
  },
)
