import { expect, test } from 'vitest'
import { openOrg } from './salesforce-org.ts'

const contact = (values: Record<string, string>) => ({ values: { LastName: 'Test', ...values } })

test('SOSL finds numbers in any spelling and any phone field, in one object, and nothing that was deleted', async () => {
  const { org, search } = await openSearch()
  const [typed, mobile, deleted = ''] = org.createRecords('Contact', [
    contact({ Phone: '(212) 555-0101' }),
    contact({ MobilePhone: '+1 212.555.0101' }),
    contact({ Phone: '2125550101' }),
    contact({ Phone: '(212) 555-0102' }),
  ])
  org.createRecords('Lead', [{ values: { LastName: 'Test', Company: 'Acme', Phone: '2125550101' } }])
  org.remove({ object: 'Contact', id: deleted })
  const { status, ids } = await search(
    'FIND {2125550101 OR \\+12125550101} IN PHONE FIELDS RETURNING Contact(Id LIMIT 10)',
  )
  expect([status, ids.sort()]).toEqual([200, [typed, mobile].sort()])
})

test('the condition stands behind the search, and what has just changed is not in the index yet', async () => {
  const { org, search, advance } = await openSearch()
  org.configure({ searchLagMs: 5_000 })
  const lead = { LastName: 'Test', Company: 'Acme', Phone: '2125550101' }
  const [open = '', converted = ''] = org.createRecords('Lead', [{ values: lead }, { values: lead }])
  org.convertLead({ id: converted })
  const sosl = 'FIND {2125550101} IN PHONE FIELDS RETURNING Lead(Id WHERE IsConverted = false)'
  expect((await search(sosl)).ids).toEqual([])
  advance(10_000)
  expect((await search(sosl)).ids).toEqual([open])
})

test.each([
  'FIND {+12125550101} IN PHONE FIELDS RETURNING Contact(Id)',
  'FIND {212-555} IN PHONE FIELDS RETURNING Contact(Id)',
  'FIND {} IN PHONE FIELDS RETURNING Contact(Id)',
  'SELECT Id FROM Contact',
])('%s is refused', async (sosl) => {
  const { search } = await openSearch()
  expect(await search(sosl)).toMatchObject({ status: 400, code: 'MALFORMED_SEARCH' })
})

type Found = { searchRecords?: { Id: string }[] } & { errorCode: string }[]

async function openSearch() {
  const { sandbox, call, advance } = await openOrg()
  return {
    org: sandbox,
    advance,
    search: async (sosl: string) => {
      const { status, body } = await call<Found>('GET', `search?q=${encodeURIComponent(sosl)}`)
      return { status, ids: (body.searchRecords ?? []).map(({ Id }) => Id), code: body[0]?.errorCode }
    },
  }
}
