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

  test.each([
    ['another file', ruleOf(line, 'moved.yaml')],
    ['another contact field', ruleOf(`${line}, field: other`)],
    [
      'the order of the keys',
      ruleOf('when: { duration_ms: { ge: 1 }, direction: inbound }, values: { q: null, p: 1 }, to: x, from: [a, b]'),
    ],
    ['the order of the agents', ruleOf(line, 'a.yaml', { agents: '[a, b]' })],
    ['a default written out', ruleOf(`${line}, mode: overwrite, retract: allow`)],
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
  ])('a change of %s changes it', (_, rule) => expect(rule.hash).not.toBe(hash))
})

describe('the instructions of a merge', () => {
  const merging = ruleOf(`${line}, mode: merge`)

  test('decide it', () => expect(ruleOf(`${line}, mode: merge, instructions: Briefly.`).hash).not.toBe(merging.hash))

  test('a rule without them has the version that it had before there were any', () => {
    expect(merging).not.toHaveProperty('instructions')
    expect(hash).toBe('7a11ae4521c6b3e67bdb127dfad0c134e23e9fa67aa5f4b25c4506c51253f8ce')
  })
})
