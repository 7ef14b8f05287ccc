import { describe, expect, test } from 'vitest'
import type { Value } from '../../src/mapping/index.ts'
import type { Account } from './account.ts'

/** What every adapter promises of writing. */
export function writeContract(account: () => Account) {
  const noCalls = () => ({ read: 0, history: 0, write: 0 })

  describe('write', () => {
    test('answers every row, in the order of the rows, with what the CRM holds now', async () => {
      const { crm, object, fields, create, callsFor } = account()
      const ids = await create(Array.from({ length: 210 }, () => ({})))
      const counts = noCalls()
      const rows = ids.map((externalId, place) => ({ externalId, values: { [fields.number]: String(place) } }))
      const outcomes = await crm.write(object, rows, counts)
      expect(outcomes).toEqual(rows.map((row) => ({ ...row, outcome: 'written', rejectedFields: [] })))
      expect(counts).toEqual({ ...noCalls(), ...callsFor.write210 })
    })

    test('one bad row fails alone, and costs no search for it', async () => {
      const { crm, object, fields, options, create, missingId, callsFor } = account()
      const [good = '', partly = '', bad = ''] = await create([{}, {}, {}])
      const rows = [
        { externalId: good, values: { [fields.choice]: options[0] } },
        { externalId: missingId, values: { [fields.text]: 'x' } },
        { externalId: partly, values: { [fields.choice]: 'no such option', [fields.text]: 'kept' } },
        { externalId: bad, values: { [fields.number]: 'twelve' } },
      ]
      const counts = noCalls()
      const outcomes = await crm.write(object, rows, counts)
      expect(counts.write, 'the batch, and once more what was left of it').toBe(callsFor.twoTries?.write ?? 2)
      expect(outcomes).toMatchObject([
        { externalId: good, outcome: 'written', values: { [fields.choice]: options[0] }, rejectedFields: [] },
        { externalId: missingId, outcome: 'missing' },
        {
          externalId: partly,
          outcome: 'written',
          values: { [fields.text]: 'kept' },
          rejectedFields: [{ field: fields.choice, reason: expect.stringMatching(/./) }],
        },
        { externalId: bad, outcome: 'rejected', reason: expect.stringMatching(/./) },
      ])
      expect(outcomes[3]?.rejectedFields).toMatchObject([{ field: fields.number }])
      const held = await crm.read(object, [partly, bad], [fields.choice, fields.text, fields.number])
      expect(held.get(partly)?.values).toMatchObject({ [fields.choice]: null, [fields.text]: 'kept' })
      expect(held.get(bad)?.values).toMatchObject({ [fields.number]: null })
    })

    test('a field that cannot be written is left out of every row', async () => {
      const { crm, object, fields, create } = account()
      const [one = '', two = '', three = ''] = await create([{}, {}, {}])
      const outcomes = await crm.write(object, [
        { externalId: one, values: { [fields.text]: 'a', no_such_field: 'x' } },
        { externalId: two, values: { [fields.text]: 'b', [fields.readOnly]: 'x' } },
        { externalId: three, values: { no_such_field: 'x' } },
      ])
      expect(outcomes).toMatchObject([
        { outcome: 'written', values: { [fields.text]: 'a' }, rejectedFields: [{ field: 'no_such_field' }] },
        { outcome: 'written', values: { [fields.text]: 'b' }, rejectedFields: [{ field: fields.readOnly }] },
        { outcome: 'rejected', rejectedFields: [{ field: 'no_such_field' }] },
      ])
    })

    test('two rows of one record are one write, and the later value wins', async () => {
      const { crm, object, fields, create } = account()
      const [id = ''] = await create([{}])
      const outcomes = await crm.write(object, [
        { externalId: id, values: { [fields.text]: 'first', [fields.number]: '1' } },
        { externalId: id, values: { [fields.text]: 'second' } },
      ])
      expect(outcomes).toMatchObject([
        { externalId: id, outcome: 'written', values: { [fields.text]: 'second', [fields.number]: '1' } },
        { externalId: id, outcome: 'written', values: { [fields.text]: 'second' } },
      ])
    })

    test('two ids of one merged record are one write too', async () => {
      const { crm, object, fields, create, merge } = account()
      const [kept = '', gone = '', other = ''] = await create([{}, {}, {}])
      const now = await merge(kept, gone)
      const outcomes = await crm.write(object, [
        { externalId: gone, values: { [fields.text]: 'first' } },
        { externalId: other, values: { [fields.text]: 'other' } },
        { externalId: now, values: { [fields.text]: 'second' } },
      ])
      expect(outcomes.map(({ externalId, outcome }) => [externalId, outcome])).toEqual([
        [gone, 'written'],
        [other, 'written'],
        [now, 'written'],
      ])
      expect((await crm.read(object, [now], [fields.text])).get(now)?.values).toEqual({ [fields.text]: 'second' })
    })

    test('one row under the old id of a merged record is written', async () => {
      const { crm, object, fields, create, merge } = account()
      const [kept = '', gone = ''] = await create([{}, {}])
      const now = await merge(kept, gone)
      const [outcome] = await crm.write(object, [{ externalId: gone, values: { [fields.text]: 'x' } }])
      expect(outcome).toMatchObject({ externalId: gone, outcome: 'written', values: { [fields.text]: 'x' } })
      expect((await crm.read(object, [now], [fields.text])).get(now)?.values).toEqual({ [fields.text]: 'x' })
    })

    test('null clears a field', async () => {
      const { crm, object, fields, create } = account()
      const [id = ''] = await create([{ [fields.text]: 'x', [fields.number]: '0' }])
      const values = { [fields.text]: null, [fields.number]: null }
      expect(await crm.write(object, [{ externalId: id, values }])).toMatchObject([{ outcome: 'written', values }])
      expect((await crm.read(object, [id], [fields.text, fields.number])).get(id)?.values).toEqual(values)
    })
  })

  describe('a value', () => {
    const hostile: [string, keyof Account['fields'], Value][] = [
      ['zero', 'number', 0],
      ['a negative fraction', 'number', -12.5],
      ['false', 'boolean', false],
      ['blank text', 'text', ''],
      ['0 as text', 'text', '0'],
      ['the word null', 'text', 'null'],
      ['quotes and backslashes', 'text', `"quoted" 'and' \\ back\\\\slashed {{x}} <b> %s $1 ; a,b`],
      ['line ends', 'text', 'line one\nline two\r\nline three\ttab'],
      ['emoji', 'text', 'Zoë 🙂 👩‍👩‍👧 ﷽ 你好'],
      ['70 kB', 'text', 'x'.repeat(70_000)],
      ['a date', 'date', '2026-02-28'],
      ['a time', 'datetime', '2026-11-21T23:59:59.999-05:00'],
      ['nothing', 'text', null],
    ]

    test.each(hostile)('survives the way there and back: %s', async (_, kind, value) => {
      const { crm, object, fields, create } = account()
      const field = (await crm.describe(object)).find(({ name }) => name === fields[kind])
      if (!field) throw new Error('no such field')
      const encoded = crm.encode(field, value)
      if ('refused' in encoded) throw new Error(encoded.refused)
      const [id = ''] = await create([{}])
      await crm.write(object, [{ externalId: id, values: { [field.name]: encoded.wire } }])
      const held = (await crm.read(object, [id], [field.name])).get(id)?.values[field.name] ?? null
      expect(crm.same(field, held, encoded.wire)).toBe(true)
      expect(crm.encode(field, crm.decode(field, held))).toEqual(encoded)
      if (typeof value === 'number' || typeof value === 'boolean') expect(crm.decode(field, held)).toBe(value)
    })

    test('of a choice has to be an option, before anything is sent', async () => {
      const { crm, object, fields, options } = account()
      const described = await crm.describe(object)
      for (const name of [fields.choice, fields.choices]) {
        const field = described.find((candidate) => candidate.name === name)
        if (!field) throw new Error('no such field')
        expect(crm.encode(field, options[0])).toEqual({ wire: options[0] })
        expect(crm.encode(field, 'no such option')).toEqual({ refused: expect.any(String) })
      }
    })
  })
}
