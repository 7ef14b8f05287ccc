import { describe, expect, test } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { deadlineMs, type Fault, type RemoteAccount } from './account.ts'

/** What every adapter promises when the CRM misbehaves. */
export function faultContract(account: () => RemoteAccount) {
  async function oneRecord() {
    const { crm, object, fields, create } = account()
    const [id = ''] = await create([{}])
    return { crm, object, field: fields.text, id, row: { externalId: id, values: { [fields.text]: 'new' } } }
  }
  const problemOf = (work: Promise<unknown>) => work.then(() => undefined).catch((error: unknown) => error)

  describe('a write whose answer is lost', () => {
    test.each<Fault>(['error_after', 'cut_after', 'hang_after'])(
      'but was done (%s) is no failure, and not done twice',
      async (fault) => {
        const { crm, object, field, id, row } = await oneRecord()
        await account().fail('write', fault)
        const counts = { read: 0, history: 0, write: 0 }
        expect(await crm.write(object, [row], counts)).toMatchObject([
          { outcome: 'written', values: { [field]: 'new' } },
        ])
        expect(counts.write).toBe(1)
        expect(await account().ownWrites(id, field)).toBe(1)
      },
    )

    test.each<Fault>(['error', 'hang'])('and was not done (%s) is sent again', async (fault) => {
      const { crm, object, field, id, row } = await oneRecord()
      await account().fail('write', fault)
      expect(await crm.write(object, [row])).toMatchObject([{ outcome: 'written' }])
      expect(await account().ownWrites(id, field)).toBe(1)
    })

    test('again and again is later, and nothing was written', async () => {
      const { crm, object, field, id, row } = await oneRecord()
      await account().fail('write', 'error', 3)
      expect(await crm.write(object, [row])).toMatchObject([{ outcome: 'later', values: {} }])
      expect(await account().ownWrites(id, field)).toBe(0)
    })

    test('and cannot be read back is unknown', async () => {
      const { crm, object, row } = await oneRecord()
      await account().fail('write', 'cut_after')
      await account().fail('read', 'error', 4)
      expect(await crm.write(object, [row])).toMatchObject([{ outcome: 'unknown', reason: expect.any(String) }])
      expect(await crm.write(object, [row])).toMatchObject([{ outcome: 'written' }])
    })
  })

  describe('a read', () => {
    test.each<Fault>(['error', 'cut_after', 'hang'])('that fails once (%s) is asked again', async (fault) => {
      const { crm, object, field, id } = await oneRecord()
      await account().fail('read', fault)
      expect((await crm.read(object, [id], [field])).get(id)).toMatchObject({ externalId: id })
    })

    test.each<Fault>(['error', 'cut_after', 'hang'])(
      'that keeps failing (%s) ends in time, to be retried',
      async (fault) => {
        const { crm, object, field, id } = await oneRecord()
        await account().fail('read', fault, 4)
        const started = performance.now()
        const error = await problemOf(crm.read(object, [id], [field]))
        expect(error).toBeInstanceOf(AppError)
        expect(error).toMatchObject({ code: 'crm.unreachable', recovery: 'retry' })
        expect(performance.now() - started).toBeLessThan(4 * deadlineMs + 3_000)
      },
    )
  })

  describe('a limit', () => {
    test('of the moment is waited for', async () => {
      const { crm, object, field, id, row } = await oneRecord()
      await account().fail('write', 'rate_limit')
      expect(await crm.write(object, [row])).toMatchObject([{ outcome: 'written' }])
      await account().fail('read', 'rate_limit')
      expect((await crm.read(object, [id], [field])).get(id)?.values).toEqual({ [field]: 'new' })
    })

    test('of the day is told, with the time to wait, and costs one call', async () => {
      const { crm, object, field, id, row } = await oneRecord()
      await account().fail('read', 'daily_limit')
      const counts = { read: 0, history: 0, write: 0 }
      const error = await problemOf(crm.read(object, [id], [field], counts))
      expect(error).toMatchObject({ code: 'crm.daily_limit', recovery: 'retry', retryAfterMs: expect.any(Number) })
      await account().fail('write', 'daily_limit')
      const [outcome] = await crm.write(object, [row], counts)
      expect(outcome).toMatchObject({ outcome: 'later', retryAfterMs: expect.any(Number) })
      // None at all where the first refusal has told of the whole day.
      expect(counts).toMatchObject({ read: 1, history: 0 })
      expect(counts.write).toBeLessThanOrEqual(1)
    })
  })

  test('refused credentials stop everything', async () => {
    const { object, field, id, row } = await oneRecord()
    const crm = account().withBadToken()
    const calls = [
      () => crm.account(),
      () => crm.describe(object),
      () => crm.read(object, [id], [field]),
      () => crm.history(object, [id], [field]),
      () => crm.scan(object, [field], null),
      () => crm.write(object, [row]),
    ]
    for (const call of calls) {
      expect(await problemOf(call())).toMatchObject({ code: 'crm.credentials', recovery: 'stop' })
    }
  })
}
