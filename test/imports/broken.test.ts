import { describe, expect, test } from 'vitest'
import type { Crm } from '../../src/crm/index.ts'
import { AppError } from '../../src/errors.ts'
import { kinds } from '../support/accounts/account.ts'
import { importChanges, openImports } from './imports-world.ts'

const people = 450

describe.each(kinds)('a scan that breaks, on %s', (kind) => {
  test('at each of its pages goes on where it stopped, also asking after who is gone', async () => {
    const world = await openImports(kind)
    const { account, crm, db } = world
    const ids = account.createContacts(
      Array.from({ length: people }, (_, place) => ({
        properties: { phone: `+1212555${String(place).padStart(4, '0')}` },
      })),
    )
    let asked: (string | null)[] = []
    let fails = true
    const flaky: Partial<Crm> = {
      scan: (object, fields, after) => {
        fails = !fails
        if (fails) throw new AppError('crm.unreachable', 'retry', 'the line is dead')
        asked.push(after)
        return crm.scan(object, fields, after)
      },
    }
    const breaks = async () => {
      let broken = 0
      asked = []
      for (;;) {
        const done = await importChanges(world, flaky, true).catch((error: unknown) => error)
        if (!(done instanceof AppError)) return { done, broken }
        expect(await reports()).toMatchObject([{ failed: { code: 'crm.unreachable' } }])
        broken += 1
      }
    }
    const reports = () => world.useCases.reportImports()
    expect((await breaks()).done).toMatchObject({ scanned: people, created: people, changed: 0 })
    expect(new Set(asked).size).toBe(asked.length)
    for (const id of ids.slice(0, 3)) account.remove(id)
    const { done } = await breaks()
    expect(done).toMatchObject({ scanned: people - 3, created: 0, gone: 3 })
    const gone = db.selectFrom('crm_records').select('external_id').where('gone_at', 'is not', null)
    expect((await gone.execute()).map((row) => row.external_id).sort()).toEqual(ids.slice(0, 3).sort())
    expect(await reports()).toMatchObject([{ failed: null, underWay: null, last: { isWhole: true, gone: 3 } }])
  })

  test('while it only read changes gives way to one of all, which then is gone on with', async () => {
    const world = await openImports(kind)
    const { account, crm } = world
    account.createContacts([{ properties: { phone: '+12125550101' } }])
    await importChanges(world)
    account.fail('any', 'error', 20)
    await expect(importChanges(world)).rejects.toMatchObject({ code: 'crm.unreachable' })
    await expect(importChanges(world, {}, true)).rejects.toMatchObject({ code: 'crm.unreachable' })
    account.recover()
    const asked: (string | null)[] = []
    const listening: Partial<Crm> = {
      scan: (object, fields, after) => {
        asked.push(after)
        return crm.scan(object, fields, after)
      },
    }
    await importChanges(world, listening)
    expect(asked).toEqual([null])
    expect(await world.useCases.reportImports()).toMatchObject([{ last: { isWhole: true } }])
  })
})

test('two at once of a connection: the second has nothing to do, and one by hand waits for the first', async () => {
  const world = await openImports('hubspot')
  const { crm, useCases } = world
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const slow: Partial<Crm> = {
    scan: async (...page) => {
      await gate
      return crm.scan(...page)
    },
  }
  const first = importChanges(world, slow)
  await expect.poll(() => useCases.reportImports()).toMatchObject([{ underWay: { counts: { scanned: 0 } } }])
  expect(await importChanges(world)).toBeNull()
  const byHand = useCases.importRecords({ connection: 'main' })
  open()
  expect(await first).toMatchObject({ scanned: 0 })
  expect(await byHand).toMatchObject({ main: [{ object: 'contacts', scanned: 0 }] })
})
