import { describe, expect, test } from 'vitest'
import type { Wire, WriteOutcome } from '../../src/crm/index.ts'
import { AppError } from '../../src/errors.ts'
import { type VendorAccount, type VendorFault, vendorFaults } from './account.ts'

/** Enough for several calls of either CRM. */
const rowCount = 210
const mostTries = 4

/** Of so many in a hundred rows one value is refused, and in every second of them there is nothing else to write. */
const poisonPercents = [0, 1, 5]

type Row = { externalId: string; values: Record<string, Wire>; isPoisoned: boolean }

/**
 * What every adapter promises of large writes, whatever goes wrong with a call in the middle of them: one outcome per row, which
 * is true; rows written by trying again what is `later` or `unknown`; no row written twice, none lost, and no bad row costs a good one.
 */
export function batchFaultContract(account: () => VendorAccount, faults: readonly VendorFault[] = vendorFaults) {
  describe.each(poisonPercents)('%i %% bad rows', (percent) => {
    test('each fail alone', () => writeAll(account(), percent, async () => undefined))

    // One share of bad rows in all troubles, the others in the one that hides most.
    test.each(percent === 1 ? faults : (['error_after'] as const))('… where a call fails (%s)', (fault) =>
      writeAll(account(), percent, () => account().fail('write', fault)),
    )
  })

  test('rows that nobody answers for at all are unknown, not later: the CRM may still be at work on them', async () => {
    const { crm, object, fields, create } = account()
    const [externalId = ''] = await create([{}])
    const row = { externalId, values: { [fields.text]: 'new' } }
    await account().fail('write', 'hang', 3)
    expect(await crm.write(object, [row])).toMatchObject([{ outcome: 'unknown', values: {} }])
    expect(await crm.write(object, [row])).toMatchObject([{ outcome: 'written' }])
  })

  test.each(['error', 'hang_after', 'expired'] as const)('call after call fails (%s)', (fault) =>
    writeAll(account(), 1, () => account().fail('write', fault, 5)),
  )
}

async function writeAll(account: VendorAccount, percent: number, goWrong: () => Promise<void>): Promise<void> {
  const { crm, object, fields, options } = account
  const rows = await rowsFor(account, percent)
  let open = rows
  await goWrong()
  for (let tries = 0; open.length > 0 && tries < mostTries; tries++) {
    const outcomes = await crm.write(object, open).catch(stopped)
    if (outcomes) {
      expect(outcomes.map(({ externalId }) => externalId)).toEqual(open.map(({ externalId }) => externalId))
      await expectTrue(account, open, outcomes)
    }
    open = open.filter((_, place) => isOpen(outcomes?.[place]))
    if (tries > 0) await account.recover()
  }
  expect(open, 'rows without an end').toEqual([])
  const held = await crm.read(
    object,
    rows.map(({ externalId }) => externalId),
    [fields.number, fields.choice],
  )
  const writes = account.allOwnWrites(fields.number)
  for (const { externalId, values, isPoisoned } of rows) {
    const number = values[fields.number] ?? null
    const choice = isPoisoned ? null : options[0]
    expect(held.get(externalId)?.values).toEqual({ [fields.number]: number, [fields.choice]: choice })
    expect(writes.get(externalId)).toBe(number === null ? 0 : 1)
  }
}

async function rowsFor({ create, fields, options }: VendorAccount, percent: number): Promise<Row[]> {
  const ids = await create(Array.from({ length: rowCount }, () => ({})))
  let poisoned = 0
  return ids.map((externalId, place) => {
    const isPoisoned = place % 100 < percent
    const isAllBad = isPoisoned && poisoned++ % 2 === 1
    const number: Record<string, Wire> = isAllBad ? {} : { [fields.number]: String(place + 1) }
    return { externalId, isPoisoned, values: { ...number, [fields.choice]: isPoisoned ? 'no option' : options[0] } }
  })
}

/** What is said of each row is what the CRM holds. */
async function expectTrue({ crm, object, fields }: VendorAccount, rows: Row[], outcomes: WriteOutcome[]) {
  const told = rows.filter((_, place) => outcomes[place]?.outcome !== 'unknown')
  const ids = told.map(({ externalId }) => externalId)
  const names = [fields.number, fields.choice]
  const held = await crm.read(object, ids, names).catch(stopped)
  if (!held) return
  for (const { externalId, values } of told) {
    const outcome = outcomes.find((each) => each.externalId === externalId)
    const refused = new Set(outcome?.rejectedFields.map(({ field }) => field))
    const isWritten = outcome?.outcome === 'written'
    const expected = names.map((name) => [name, isWritten && !refused.has(name) ? (values[name] ?? null) : null])
    expect(held.get(externalId)?.values, outcome?.outcome).toEqual(Object.fromEntries(expected))
  }
}

function isOpen(outcome: WriteOutcome | undefined): boolean {
  return outcome === undefined || outcome.outcome === 'later' || outcome.outcome === 'unknown'
}

/** A write that throws has written nothing; whoever is refused comes again. */
function stopped(error: unknown): undefined {
  expect(error).toBeInstanceOf(AppError)
}
