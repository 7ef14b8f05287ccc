import { describe, expect, test } from 'vitest'
import { parseMapping, type Rule } from '../../src/mapping/index.ts'

function ruleOf(line: string, path = 'a.yaml', head: Record<string, string> = {}): Rule {
  const keys = { version: '1', crm: 'hubspot', connection: 'main', object: 'contacts', agents: '[b, a]', ...head }
  const top = Object.entries(keys).map(([key, value]) => `${key}: ${value}`)
  const text = [...top, 'match: [{ email: metadata.email }]', 'fields:', `  - { ${line} }`].join('\n')
  const result = parseMapping(text, path)
  const rule = 'mapping' in result ? result.mapping.rules[0] : undefined
  if (rule === undefined) throw new Error(JSON.stringify(result))
  return rule
}

const line = 'from: [a, b], to: x, values: { p: 1, q: null }, when: { direction: inbound, duration_ms: { ge: 1 } }'
const { hash } = ruleOf(line)

describe('the version of a rule', () => {
  test('is a SHA-256', () => expect(hash).toMatch(/^[0-9a-f]{64}$/))

  // Databases hold these: a rule that has not changed must keep its version through every release.
  test('is the one it has always been', () => {
    expect(hash).toBe('7a11ae4521c6b3e67bdb127dfad0c134e23e9fa67aa5f4b25c4506c51253f8ce')
    expect(ruleOf('from: call_summary, to: last_call_summary, max_length: 1000').hash).toBe(
      '624d5229da9eeb162a6f0853ded50a57239695ba12936a5c284128e6082fc564',
    )
  })

  test.each([
    ['another file', ruleOf(line, 'moved.yaml')],
    ['another contact field', ruleOf(`${line}, field: other`)],
    [
      'the order of the keys',
      ruleOf('when: { duration_ms: { ge: 1 }, direction: inbound }, values: { q: null, p: 1 }, to: x, from: [a, b]'),
    ],
    ['the order of the agents', ruleOf(line, 'a.yaml', { agents: '[a, b]' })],
    ['a default written out', ruleOf(`${line}, mode: overwrite, retract: allow`)],
    ['an owner and a description', ruleOf(`${line}, owner: sales ops, description: asked for in March`)],
    ['an owner of the file', ruleOf(line, 'a.yaml', { owner: 'sales ops', description: 'all of it' })],
    ['the mapping not writing yet', ruleOf(line, 'a.yaml', { write: 'false' })],
  ])('%s keeps it', (_, rule) => expect(rule.hash).toBe(hash))

  test.each<[string, Rule]>([
    ['connection', ruleOf(line, 'a.yaml', { connection: 'other' })],
    ['agents', ruleOf(line, 'a.yaml', { agents: '[a]' })],
    ['to', ruleOf(line.replace('to: x', 'to: y'))],
    ['the order of from', ruleOf(line.replace('[a, b]', '[b, a]'))],
    ['values', ruleOf(line.replace('p: 1', 'p: "1"'))],
    ['when', ruleOf(line.replace('ge: 1', 'ge: 2'))],
    ['mode', ruleOf(`${line}, mode: max`)],
    ['existing', ruleOf(`${line}, existing: keep`)],
    ['human_edits', ruleOf(`${line}, human_edits: final`)],
    ['others', ruleOf(`${line}, others: ignore`)],
    ['retract', ruleOf(`${line}, retract: never`)],
    ['unverified', ruleOf(`${line}, unverified: write`)],
    ['max_length', ruleOf(`${line}, max_length: 9`)],
    ['default', ruleOf(`${line}, default: other`)],
    ['default to nothing', ruleOf(`${line}, default: null`)],
  ])('a change of %s changes it', (_, rule) => expect(rule.hash).not.toBe(hash))

  test.each<[string, string, string]>([
    ['template', 'template: "{{a}}", to: x', 'template: "{{a}}!", to: x'],
    ['template instead of from', 'from: a, to: x', 'template: "{{a}}", to: x'],
    ['format', 'from: a, to: x, format: { decimals: 1 }', 'from: a, to: x, format: { decimals: 2 }'],
    ['no format', 'from: a, to: x', 'from: a, to: x, format: { decimals: 2 }'],
    ['formats', 'template: "{{a}}", to: x', 'template: "{{a}}", to: x, formats: { a: { date: short } }'],
  ])('a change of %s changes it', (_, one, other) => expect(ruleOf(one).hash).not.toBe(ruleOf(other).hash))

  test('a format is the same, however its defaults are written', () => {
    const one = ruleOf('from: a, to: x, format: { date: short, locale: en-US, time_zone: UTC }')
    expect(one.hash).toBe(ruleOf('from: a, to: x, format: { date: short }').hash)
  })
})

describe('the instructions of a merge', () => {
  const merging = ruleOf(`${line}, mode: merge`)

  test('decide it', () => expect(ruleOf(`${line}, mode: merge, instructions: Briefly.`).hash).not.toBe(merging.hash))

  test('a rule without them has the version that it had before there were any', () => {
    expect(merging).not.toHaveProperty('instructions')
    expect(hash).toBe('7a11ae4521c6b3e67bdb127dfad0c134e23e9fa67aa5f4b25c4506c51253f8ce')
  })
})
