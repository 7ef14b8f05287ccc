import { expect, test } from 'vitest'
import { checkItems, type Item } from '../../src/agents/index.ts'
import { compileConfig } from '../../src/analysis/index.ts'
import { strictSchemaProblem } from '../../src/sandbox/model/strict-schema.ts'

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

test('choices may not be blank or too long; one that stands twice counts once', () => {
  expect(checkItems([choice(['small', 'small', ' '])])).toEqual([
    { path: '[0].choices', message: 'item size has a blank choice' },
  ])
  expect(checkItems([choice(['x'.repeat(200)])])).toEqual([])
  expect(checkItems([choice(['x'.repeat(201)])])).toEqual([
    { path: '[0].choices', message: 'item size has a choice of more than 200 characters' },
  ])
  expect(checkItems([choice(new Array<string>(501).fill('small'))])).toEqual([])
})

test('a list of choices is held to the same', () => {
  const list: Item = { type: 'list', name: 'rooms', description: 'The rooms.' }
  expect(checkItems([list])).toEqual([])
  expect(checkItems([{ ...list, choices: [' '] }])).toEqual([
    { path: '[0].choices', message: 'item rooms has a blank choice' },
  ])
  const wide = Array.from({ length: 251 }, (_, index) => String(index))
  expect(checkItems([{ ...list, choices: wide }, choice(wide)])).toMatchObject([
    { message: expect.stringContaining('502 choices') },
  ])
})

test('what no database or file could hold is refused where it stands', () => {
  const odd: Item = { type: 'string', name: 'note', description: 'x\0', examples: ['\ud83d'], conditional_prompt: '\0' }
  expect(checkItems([odd]).map(({ path }) => path)).toEqual([
    '[0].description',
    '[0].conditional_prompt',
    '[0].examples',
  ])
  for (const name of ['a\nb', 'a\0', '\ud83d', 'a\u009f']) {
    expect(checkItems([{ ...budget, name }])).toMatchObject([{ path: '[0].name' }])
  }
  const names = ['__proto__', '123', '👩‍👩‍👧', 'x'.repeat(80), 'Straße, "Haus" \\']
  expect(checkItems(names.map((name) => ({ ...budget, name })))).toEqual([])
})

test('examples are few and short', () => {
  const note = (examples: string[]): Item => ({ type: 'string', name: 'note', description: 'x', examples })
  expect(checkItems([note(new Array<string>(50).fill('x'.repeat(1_000)))])).toEqual([])
  expect(checkItems([note(new Array<string>(51).fill('x'))])).toMatchObject([{ path: '[0].examples' }])
  expect(checkItems([note(['x'.repeat(1_001)])])).toMatchObject([{ path: '[0].examples' }])
})

test('the most that is taken makes a schema that a provider takes', () => {
  const most = Array.from({ length: 100 }, (_, index): Item => {
    const choices = Array.from({ length: 5 }, (_, place) => `${index} ${place} `.padEnd(200, 'x'))
    return { type: index % 2 === 0 ? 'enum' : 'list', name: `${index}`.padEnd(200, 'n'), description: 'x', choices }
  })
  expect(checkItems(most)).toEqual([])
  const { schema } = compileConfig({ items: most, model: 'gpt-4.1' }, 'call')
  expect(strictSchemaProblem(schema)).toBeUndefined()
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
