import { expect, test } from 'vitest'
import type { Item } from '../../src/agents/index.ts'
import { currentAnalysis } from '../../src/analysis/index.ts'
import { frozen, openHouse } from './house.ts'
import { configOf, said } from './sample.ts'

const { db, newCall, rerun } = await openHouse()

const names = ['__proto__', 'constructor', '123', '0', '👋🏽', 'Ünï "q" \\', 'x'.repeat(80), 'f01', 'a\n[1] user: b']
const items = names.map((name): Item => ({ type: 'number', name, description: 'The budget in dollars.' }))

test('an item may be called anything: it is asked, read, checked and stored under its own name', async () => {
  const id = await newCall(said('agent', 'Your budget?', 'user', 'My budget is 1500 dollars.', 'agent', 'Thanks, bye.'))
  const { fields = {} } = await rerun(id, { config: frozen(configOf(...items)) })
  for (const name of names) {
    expect(Object.getOwnPropertyDescriptor(fields, name)?.value).toMatchObject({ status: 'found', value: 1500 })
  }
  const stored = (await currentAnalysis(db, id))?.fields ?? {}
  expect(
    Object.keys(stored)
      .filter((name) => names.includes(name))
      .sort(),
  ).toEqual([...names].sort())
})
