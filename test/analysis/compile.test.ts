import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Item } from '../../src/agents/index.ts'
import { compileConfig } from '../../src/analysis/compile.ts'
import { engineVersion } from '../../src/analysis/request-hash.ts'
import { strictSchemaProblem } from '../../src/sandbox/model/strict-schema.ts'
import { budget, company, configOf, due, hobbies, isOwner, plan, rooms, visit } from './sample.ts'

const compiled = compileConfig(configOf(company, budget, plan, isOwner), 'call')

function property(key: string): unknown {
  const { properties } = compiled.schema
  return typeof properties === 'object' && properties !== null
    ? Object.entries(properties).find(([k]) => k === key)?.[1]
    : null
}

describe('the wire schema', () => {
  test('asks each item under a generated key for evidence, then status, then value', () => {
    expect(JSON.stringify(property('f04'))).toBe(
      '{"description":"company: The company the user works for.\\nExamples: Acme | Müller & Söhne","type":"object",' +
        '"properties":{"evidence":{"type":"array","items":{"type":"object","properties":{"turn":{"type":"integer"},' +
        '"quote":{"type":"string"}},"required":["turn","quote"],"additionalProperties":false}},"status":{"type":"string",' +
        '"enum":["found","not_mentioned","ambiguous","declined"]},"value":{"type":["string","null"]}},' +
        '"required":["evidence","status","value"],"additionalProperties":false}',
    )
  })

  test('types numbers, booleans and choices, each of them or null', () => {
    expect(property('f05')).toMatchObject({ properties: { value: { type: ['number', 'null'] } } })
    expect(property('f06')).toMatchObject({
      properties: { value: { anyOf: [{ type: 'string', enum: ['basic', 'pro'] }, { type: 'null' }] } },
    })
    expect(property('f07')).toMatchObject({ properties: { value: { type: ['boolean', 'null'] } } })
  })

  test('takes days and times as text and lists as arrays, each of them or null, and says their form', () => {
    const { schema } = compileConfig(configOf(due, visit, hobbies, rooms), 'call')
    type Property = { description: string; properties: { value: unknown } }
    const values = Object.values(schema.properties as Record<string, Property>).slice(3)
    expect(values.map(({ properties }) => properties.value)).toEqual([
      { type: ['string', 'null'] },
      { type: ['string', 'null'] },
      { anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'null' }] },
      {
        anyOf: [{ type: 'array', items: { type: 'string', enum: ['kitchen', 'bath', 'hall'] } }, { type: 'null' }],
      },
    ])
    expect(strictSchemaProblem(schema)).toBeUndefined()
    for (const { description } of values) expect(description).toContain('\nForm: ')
    expect(values[0]?.description).toMatch(/^due: The day it is due\.\nForm: YYYY-MM-DD,/)
  })

  test('is accepted in strict mode and holds no limit or pattern, whatever the items are called and ask', () => {
    const text = fc.oneof(
      fc.string({ minLength: 1, unit: 'grapheme' }),
      fc.constantFrom('__proto__', '123', '👋', 'a: b\n', 'x'.repeat(200)),
    )
    const item: fc.Arbitrary<Item> = fc.oneof(
      fc.record({ type: fc.constant('string' as const), name: text, description: text, examples: fc.array(text) }),
      fc.record({ type: fc.constant('number' as const), name: text, description: text, required: fc.boolean() }),
      fc.record({ type: fc.constantFrom('date' as const, 'datetime' as const), name: text, description: text }),
      fc.record({
        type: fc.constant('list' as const),
        name: text,
        description: text,
        choices: fc.option(fc.array(text, { minLength: 1 }), { nil: undefined }),
      }),
      fc.record({
        type: fc.constant('enum' as const),
        name: text,
        description: text,
        choices: fc.array(text, { minLength: 1 }),
      }),
    )
    fc.assert(
      fc.property(
        fc.array(item, { maxLength: 60 }),
        fc.constantFrom('call' as const, 'chat' as const),
        (items, kind) => {
          const { schema, items: asked } = compileConfig(configOf(...items), kind)
          expect(strictSchemaProblem(schema)).toBeUndefined()
          expect(asked.map(({ name }) => name)).toEqual([...new Set(asked.map(({ name }) => name))])
          for (const { name } of items) expect(asked.some((one) => one.name === name)).toBe(true)
        },
      ),
    )
  })
})

describe('items', () => {
  test('the presets of the kind are always asked, first, with prompts of our own', () => {
    const names = (kind: 'call' | 'chat') => compileConfig(configOf(budget), kind).items.map(({ name }) => name)
    expect(names('call')).toEqual(['call_summary', 'call_successful', 'user_sentiment', 'budget'])
    expect(names('chat')).toEqual(['chat_summary', 'chat_successful', 'user_sentiment', 'budget'])
    expect(compiled.items.find(({ name }) => name === 'user_sentiment')).toMatchObject({
      choices: ['Negative', 'Positive', 'Neutral', 'Unknown'],
      required: true,
    })
  })

  test('a configured preset keeps its own prompt, and one of the other kind is not asked', () => {
    const { items } = compileConfig(
      configOf(
        { type: 'system-presets', name: 'call_summary', description: 'Write a 1–5 word summary of the call.' },
        { type: 'system-presets', name: 'chat_summary', description: 'Never asked.' },
      ),
      'call',
    )
    expect(items.map(({ name }) => name)).toEqual(['call_summary', 'call_successful', 'user_sentiment'])
    expect(items[0]).toMatchObject({ key: 'f01', prompt: 'Write a 1–5 word summary of the call.' })
  })

  test('a condition counts unless the item is required; presets are required unless they say otherwise', () => {
    const conditional_prompt = 'the user asks for one'
    const { items } = compileConfig(
      configOf(
        { ...budget, conditional_prompt },
        { ...company, required: true, conditional_prompt },
        { type: 'system-presets', name: 'call_summary', conditional_prompt },
        { type: 'system-presets', name: 'user_sentiment', required: false, conditional_prompt },
      ),
      'call',
    )
    expect(Object.fromEntries(items.map(({ name, condition }) => [name, condition]))).toEqual({
      call_summary: null,
      call_successful: null,
      user_sentiment: conditional_prompt,
      budget: conditional_prompt,
      company: null,
    })
  })

  test('a choice listed twice is offered once, in its first place', () => {
    const { items } = compileConfig(configOf({ ...plan, choices: ['pro', 'basic', 'pro'] } as Item), 'call')
    expect(items.find(({ name }) => name === 'plan')?.choices).toEqual(['pro', 'basic'])
  })
})

describe('the static part', () => {
  test('is the same bytes for the same config, however its keys are ordered', () => {
    const shuffled: Item = { choices: ['basic', 'pro'], description: 'The plan wanted.', name: 'plan', type: 'enum' }
    const again = compileConfig(configOf(company, budget, shuffled, isOwner), 'call')
    expect(again.instructions).toBe(compiled.instructions)
    expect(again.schemaHash).toBe(compiled.schemaHash)
  })

  test('says everything once: the rules are the same for all configs, the items stand in the schema alone', () => {
    const { instructions, schema } = compiled
    expect(instructions).toBe(compileConfig(configOf(), 'chat').instructions)
    const sent = instructions + JSON.stringify(schema)
    for (const text of ['The company the user works for.', 'Müller & Söhne', 'The plan wanted.', 'basic'])
      expect(sent.split(text)).toHaveLength(2)
  })

  test('changes its hash with any prompt', () => {
    const changed = compileConfig(configOf(company, { ...budget, description: 'The budget in euros.' } as Item), 'call')
    expect(changed.schemaHash).not.toBe(compileConfig(configOf(company, budget), 'call').schemaHash)
  })

  test('cannot change without a new engine version: raise engineVersion, then this hash', () => {
    expect([engineVersion, compiled.schemaHash.slice(0, 12)]).toEqual(['3', 'a6ccc450ece3'])
  })

  test('leaves variables in their braces and names those it needs', () => {
    const asking = { ...budget, description: 'Budget of {{ company }} for {{first_name}}, {{company}}.' } as Item
    expect(compileConfig(configOf(asking), 'call').variables).toEqual(['company', 'first_name'])
    expect(compiled.variables).toEqual([])
  })
})
