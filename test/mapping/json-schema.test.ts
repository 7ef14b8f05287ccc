import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jsonSchema } from '../../src/mapping/index.ts'

const path = join(import.meta.dirname, '../../mappings/mapping.schema.json')

// After a wanted change of the grammar:
// UPDATE=1 npx vitest run test/mapping/json-schema.test.ts && npx biome format --write mappings
test('mappings/mapping.schema.json is what the parser accepts', () => {
  if (process.env.UPDATE) writeFileSync(path, JSON.stringify(jsonSchema(), null, 2))
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(jsonSchema())
})

test('an editor is offered the modes, the policies and the keys of a condition', () => {
  expect(jsonSchema()).toMatchObject({
    additionalProperties: false,
    required: ['version', 'crm', 'connection', 'object', 'fields'],
    else: { required: ['match'] },
    properties: {
      match: { items: { minProperties: 1, maxProperties: 1 } },
      fields: {
        items: {
          additionalProperties: false,
          required: ['to'],
          oneOf: [{ required: ['from'] }, { required: ['template'] }],
          properties: {
            mode: { default: 'overwrite', enum: expect.arrayContaining(['overwrite', 'fill_if_empty', 'count']) },
            human_edits: { default: 'keep', enum: ['keep', 'final', 'overwrite'] },
            when: { propertyNames: { enum: expect.arrayContaining(['call_type', 'duration_ms', 'metadata']) } },
          },
        },
      },
    },
  })
})
