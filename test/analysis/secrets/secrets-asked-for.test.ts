import { expect, test } from 'vitest'
import type { Item } from '../../../src/agents/index.ts'
import { compileItems } from '../../../src/analysis/compile-items.ts'
import { secretsAskedFor } from '../../../src/analysis/secrets/secrets-asked-for.ts'
import { configOf } from '../sample.ts'

const text = (name: string, description: string): Item => ({ type: 'string', name, description })

test.each<[string, Item, string[]]>([
  ['a card by its name', text('card_number', 'As given.'), ['card number']],
  ['a card in one word', text('cardNumber', 'As given.'), ['card number']],
  ['the last digits of one', text('last_four', 'The last four digits of the card.'), ['card number']],
  ['a number of a card', { type: 'number', name: 'pan', description: 'The credit card number.' }, ['card number']],
  ['an SSN', text('ssn', 'Digits only.'), ['social security number']],
  ['a password', text('secret', 'The password that the user says.'), ['password']],
  ['a card without its number', text('card_brand', 'Which card the user has.'), []],
  ['a yes or no', { type: 'boolean', name: 'gave_card_number', description: 'Whether it was given.' }, []],
  ['a choice', { type: 'enum', name: 'topic', description: 'About a password?', choices: ['a'] }, []],
  ['a list', { type: 'list', name: 'card_numbers', description: 'Every card number.' }, ['card number']],
  ['a list of choices', { type: 'list', name: 'topics', description: 'Card number?', choices: ['a'] }, []],
  ['a day', { type: 'date', name: 'reset', description: 'When the password was set.' }, []],
  ['a time', { type: 'datetime', name: 'reset', description: 'When the password was set.' }, []],
  ['a summary', { type: 'system-presets', name: 'call_summary', description: 'Without card numbers.' }, []],
  ['something else', text('account_number', 'Account number, digits only.'), []],
])('%s', (_, item, kinds) => {
  expect([...secretsAskedFor(compileItems(configOf(item), 'call'))]).toEqual(kinds)
})
