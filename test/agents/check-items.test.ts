import { expect, test } from 'vitest'
import { checkItems, type Item } from '../../src/agents/index.ts'

const budget: Item = { type: 'number', name: 'budget', description: 'The budget in dollars.' }

function choice(choices: string[]): Item {
  return { type: 'enum', name: 'size', description: 'The size of the party.', choices }
}

test('a list of different items has no problems', () => {
  expect(checkItems([budget, choice(['small', 'large']), { type: 'system-presets', name: 'call_summary' }])).toEqual([])
})

test('a name may stand once, may not be blank, and may not be that of a built-in item', () => {
  const items: Item[] = [budget, { ...budget }, { ...budget, name: ' ' }, { ...budget, name: 'call_successful' }]
  expect(checkItems(items).map((problem) => problem.path)).toEqual(['[1].name', '[2].name', '[3].name'])
  expect(checkItems(items)[0]?.message).toContain('budget')
})

test('choices may stand once and may not be blank', () => {
  const problems = checkItems([choice(['small', 'small', ' '])])
  expect(problems).toEqual([
    { path: '[0].choices', message: 'item size has a blank choice' },
    { path: '[0].choices', message: 'item size has the choice "small" twice' },
  ])
})

test('what no answer schema could hold is refused: too many items, too many or too long choices', () => {
  const many = Array.from({ length: 101 }, (_, index): Item => ({ ...budget, name: `item ${index}` }))
  expect(checkItems(many)).toEqual([{ path: '', message: '101 items, at most 100 fit one analysis' }])
  const long = Array.from({ length: 251 }, (_, index) => `${index} ${'x'.repeat(60)}`)
  expect(checkItems([choice(long)]).map((problem) => problem.path)).toEqual(['[0].choices'])
  const wide = Array.from({ length: 501 }, (_, index) => String(index))
  expect(checkItems([choice(wide)])).toEqual([
    { path: '', message: '501 choices in all items, at most 500 fit one analysis' },
  ])
})
