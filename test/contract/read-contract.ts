import { describe, expect, test } from 'vitest'
import type { Account } from './account.ts'

const noCalls = { read: 0, history: 0, write: 0 }

/** What every adapter promises of reading. */
export function readContract(account: () => Account) {
  describe('account', () => {
    test('tells whose it is and in which zone its days are', async () => {
      const { crm, accountId, timeZone } = account()
      expect(await crm.account()).toMatchObject({ accountId, timeZone })
    })
  })

  describe('describe', () => {
    test('tells each field’s kind, its options and whether it can be written', async () => {
      const { crm, object, fields, options } = account()
      const described = new Map((await crm.describe(object)).map((field) => [field.name, field]))
      const { readOnly, ...writable } = fields
      for (const [kind, name] of Object.entries(writable)) {
        expect(described.get(name), name).toMatchObject({ kind, writable: true })
      }
      expect(described.get(fields.choice)?.options).toEqual(options)
      expect(described.get(fields.choices)?.options).toEqual(options)
      expect(described.get(fields.number)?.options).toBeNull()
      expect(described.get(readOnly)?.writable).toBe(false)
    })
  })

  describe('read', () => {
    test('any number of ids, each as asked, in as few calls as it takes', async () => {
      const { crm, object, fields, create, missingId, callsFor } = account()
      const ids = await create(Array.from({ length: 210 }, (_, place) => ({ [fields.number]: String(place) })))
      const counts = { read: 0, history: 0, write: 0 }
      const found = await crm.read(object, [...ids, ...ids.slice(0, 50), missingId], [fields.number], counts)
      expect(ids.map((id) => found.get(id)?.values)).toEqual(
        ids.map((_, place) => ({ [fields.number]: String(place) })),
      )
      expect(found.size, 'what is no record is missing').toBe(210)
      expect(found.has(missingId)).toBe(false)
      expect(counts).toEqual({ ...noCalls, ...callsFor.read210 })
    })

    test('0 and false are values, unset and cleared are null', async () => {
      const { crm, object, fields, create, edit } = account()
      const { text, number, boolean, choice } = fields
      const [id = ''] = await create([{ [number]: '0', [boolean]: 'false', [text]: 'x' }])
      await edit(id, { [text]: '' }, 'person')
      const reading = (await crm.read(object, [id], [number, boolean, text, choice])).get(id)
      expect(reading).toMatchObject({
        askedId: id,
        externalId: id,
        values: { [number]: '0', [boolean]: 'false', [text]: null, [choice]: null },
        changedAt: expect.any(Date),
      })
    })

    test('a merged record answers to its old ids, under the id it has now', async () => {
      const { crm, object, fields, create, merge } = account()
      const [kept = '', gone = '', other = ''] = await create([{ [fields.text]: 'a' }, {}, {}])
      const now = await merge(kept, gone)
      const found = await crm.read(object, [gone, other, kept], [fields.text])
      expect(found.get(kept)).toMatchObject({ askedId: kept, externalId: now, values: { [fields.text]: 'a' } })
      expect(found.get(gone)).toMatchObject({ askedId: gone, externalId: now })
      expect(found.get(other)).toMatchObject({ externalId: other })
    })

    test('nothing asks for nothing', async () => {
      const { crm, object } = account()
      const counts = { read: 0, history: 0, write: 0 }
      expect(await crm.read(object, [], ['x'], counts)).toEqual(new Map())
      expect(await crm.history(object, ['1'], [], counts)).toEqual(new Map())
      expect(await crm.write(object, [], counts)).toEqual([])
      expect(counts).toEqual({ read: 0, history: 0, write: 0 })
    })
  })

  describe('scan', () => {
    test('pages through every record once', async () => {
      const { crm, object, fields, create } = account()
      const ids = await create(Array.from({ length: 205 }, () => ({ [fields.text]: 'scanned' })))
      const seen: string[] = []
      let after: string | null = null
      do {
        const page: Awaited<ReturnType<typeof crm.scan>> = await crm.scan(object, [fields.text], after)
        seen.push(...page.records.filter(({ values }) => values[fields.text] === 'scanned').map((r) => r.externalId))
        after = page.next
      } while (after !== null)
      expect(seen.sort()).toEqual(ids.sort())
    })
  })

  describe('history', () => {
    test('tells who set a field and to what, newest first, also emptied', async () => {
      const { crm, object, fields, create, edit, authors } = account()
      const [id = ''] = await create([{ [fields.text]: 'typed' }])
      await edit(id, { [fields.text]: 'imported' }, 'import')
      await crm.write(object, [{ externalId: id, values: { [fields.text]: 'ours' } }])
      await edit(id, { [fields.text]: 'by another app' }, 'app')
      await edit(id, { [fields.text]: 'by a flow' }, 'workflow')
      await edit(id, { [fields.text]: '' }, 'person')
      const history = (await crm.history(object, [id], [fields.text, fields.number])).get(id) ?? {}
      expect(history[fields.text]?.map(({ author, value }) => [author, value])).toEqual([
        [authors.person, null],
        [authors.workflow, 'by a flow'],
        [authors.app, 'by another app'],
        ['us', 'ours'],
        [authors.import, 'imported'],
        [authors.created, 'typed'],
      ])
      const times = history[fields.text]?.map(({ at }) => at.getTime()) ?? []
      expect(times).toEqual([...times].sort((a, b) => b - a))
      expect(history[fields.number], 'a field never set has none').toBeUndefined()
    })

    test('any number of ids, counted apart', async () => {
      const { crm, object, fields, create, edit, missingId, callsFor } = account()
      const ids = await create(Array.from({ length: 60 }, () => ({})))
      for (const id of ids) await edit(id, { [fields.number]: '0' }, 'person')
      await crm.history(object, ids.slice(0, 1), [fields.number])
      const counts = { ...noCalls }
      const found = await crm.history(object, [...ids, missingId], [fields.number], counts)
      expect(ids.every((id) => found.get(id)?.[fields.number]?.length === 1)).toBe(true)
      expect(found.get(ids[59] ?? '')?.[fields.number]).toMatchObject([{ value: '0', author: 'person' }])
      expect(counts).toEqual({ ...noCalls, ...callsFor.history60 })
    })
  })
}
