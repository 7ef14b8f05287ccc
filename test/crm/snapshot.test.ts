import { expect, test } from 'vitest'
import { type CrmField, formatSnapshot, readSnapshot } from '../../src/crm/index.ts'

function field(name: string, options: string[] | null = null): CrmField {
  const plain = { writable: true, unique: false, maxLength: null, scale: null, required: false, hasHistory: true }
  return { name, label: name, kind: 'text', options, ...plain }
}

const snapshot = [
  { connection: 'main', crm: 'hubspot', object: 'contacts', fields: [field('é'), field('b', ['y', 'x']), field('Z')] },
  { connection: 'east', crm: 'salesforce', object: 'Lead', fields: [field('a')] },
]

test('a schema reads back as it was saved', () => {
  const read = readSnapshot(formatSnapshot(snapshot), 'schema.json')
  expect(read.map(({ connection, fields }) => [connection, fields.map(({ name }) => name)])).toEqual([
    ['east', ['a']],
    ['main', ['Z', 'b', 'é']],
  ])
  expect(read[1]?.fields[1]).toEqual(field('b', ['x', 'y']))
})

test('two of the same schema are the same text, whatever order the CRM answers in', () => {
  const shuffled = snapshot
    .map((each) => ({
      ...each,
      fields: each.fields.map((one) => ({ ...one, options: one.options?.toReversed() ?? null })).reverse(),
    }))
    .reverse()
  expect(formatSnapshot(shuffled)).toBe(formatSnapshot(snapshot))
})

test('what is no schema is told by its name', () => {
  for (const text of ['', '{}', '{"version":2,"objects":[]}', 'version: 1']) {
    expect(() => readSnapshot(text, 'a.json')).toThrow('a.json is no saved schema')
  }
})
