import { describe, expect, test } from 'vitest'
import { compileItems } from '../../../src/analysis/compile-items.ts'
import { withoutSecrets } from '../../../src/analysis/secrets/without-secrets.ts'
import { textOf } from '../../../src/analysis/turn-text.ts'
import type { Turn } from '../../../src/conversations/index.ts'
import { company, configOf, said, sampleCall } from '../sample.ts'

const items = compileItems(configOf(company), 'call')
const read = (turns: Turn[]) => withoutSecrets({ ...sampleCall(), turns }, items).turns
const pressed = (keys: string): Turn[] =>
  [...keys].map((digit) => ({ role: 'dtmf', content: '', at: null, extra: { digit } }))
const texts = (turns: Turn[]) => turns.map(textOf).filter((text) => text !== '')

describe('keys', () => {
  test.each([
    ['Your card?', '4111111111111111', ['[card number]']],
    ['Your card?', '14111111111111111#', ['1 [card number] #']],
    ['Your social security number, please.', '123456789', ['[social security number]']],
  ])('%s %s', (question, keys, masked) => {
    const turns = read([...said('agent', question), ...pressed(keys), ...said('user', 'There.')])
    expect(turns).toHaveLength(keys.length + 2)
    expect(texts(turns)).toEqual([question, ...masked, 'There.'])
  })

  test('that are no secret are the same turns', () => {
    const turns = [
      ...said('agent', 'Your phone?'),
      ...pressed('2125550156'),
      ...said('user', 'There.'),
      ...pressed('1'),
    ]
    for (const [index, turn] of read(turns).entries()) expect(turn).toBe(turns[index])
  })

  test('of two runs are not read as one', () => {
    const turns = [...pressed('41111111'), ...said('agent', 'And?'), ...pressed('11111111')]
    expect(read(turns)).toEqual(turns)
  })
})

test('a question is answered by who speaks, not by what a tool says', () => {
  const turns = said('agent', 'What is your password?', 'tool_call_result', 'AB1234', 'user', 'hunter2')
  expect(texts(read(turns))).toEqual(['What is your password?', 'AB1234', '[password]'])
})
