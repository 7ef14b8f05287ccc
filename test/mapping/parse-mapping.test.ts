import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formatProblem, parseMapping } from '../../src/mapping/index.ts'

// Each case is a mapping file and, beside it, what is expected of it. After a wanted change:
// UPDATE=1 npx vitest run test/mapping/parse-mapping.test.ts && npx biome format --write test/mapping
const kinds = {
  hubspot: { objects: ['contacts'] },
  salesforce: { objects: ['Contact', 'Lead'] },
  local: { objects: ['contacts'] },
}
const cases = join(import.meta.dirname, 'cases')

describe.each(['valid', 'invalid'])('%s mapping files', (kind) => {
  const folder = join(cases, kind)
  const files = readdirSync(folder)
  const names = files.filter((file) => file.endsWith('.yaml')).map((file) => basename(file, '.yaml'))

  test.each(names)('%s is read as expected, no more and no less', (name) => {
    const path = `${name}.yaml`
    const result = parseMapping(readFileSync(join(folder, path), 'utf8'), path, kinds)
    expect('mapping' in result ? 'valid' : 'invalid').toBe(kind)
    const outcome = 'mapping' in result ? withoutHashes(result.mapping) : result.problems.map(formatProblem)
    const expected = join(folder, `${name}.json`)
    if (process.env.UPDATE) writeFileSync(expected, JSON.stringify(outcome, null, 2))
    expect(outcome).toEqual(JSON.parse(readFileSync(expected, 'utf8')))
  })

  test('every expectation has its mapping file', () => {
    const expectations = files.filter((file) => file.endsWith('.json')).map((file) => basename(file, '.json'))
    expect(expectations.sort()).toEqual(names.sort())
  })
})

function withoutHashes(mapping: object): unknown {
  const hidden = ['hash', 'fileHash', 'text']
  return JSON.parse(JSON.stringify(mapping, (key, value) => (hidden.includes(key) ? undefined : value)))
}
