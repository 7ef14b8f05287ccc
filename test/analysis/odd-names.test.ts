import { expect, test } from 'vitest'
import { configForRerun, saveDraft } from '../../src/agents/index.ts'
import { correctField, currentAnalysis, toCallAnalysis } from '../../src/analysis/index.ts'
import { frozen, openHouse } from './house.ts'
import { said } from './sample.ts'

const house = await openHouse()
const { db } = house
const actor = { kind: 'cli', name: 'test' } as const

/** Names that are keys of every object, move to its front, or fit no schema. */
const names = [
  '__proto__',
  'constructor',
  '123',
  '0',
  'f01',
  '👩‍👩‍👧 familie',
  'x'.repeat(80),
  'a: b | c',
  '"quoted" \\ {{}}',
]
const items = names.map((name) => ({ type: 'number', name, description: 'The budget in dollars.', required: true }))
await saveDraft({ db }, { agentId: 'agent_1', kind: 'call', body: { post_call_analysis_data: items }, actor })
const { config } = await configForRerun(db, 'agent_1')

test('an item may have any name: saved, asked, read, stored and answered under it', async () => {
  expect(config.items.slice(3)).toEqual(items)
  const id = await house.newCall(said('agent', 'What is your budget?', 'user', 'My budget is 1500 dollars.'))
  expect(await house.rerun(id, { config: frozen(config) })).toMatchObject({ outcome: 'ok' })
  const fields = (await currentAnalysis(db, id))?.fields ?? {}
  for (const name of names) {
    const field: unknown = Object.getOwnPropertyDescriptor(fields, name)?.value
    expect(field).toMatchObject({ status: 'found', value: 1500, evidence: [{ turn: 2 }] })
  }
  expect(Object.keys(toCallAnalysis('call', fields).custom_analysis_data).toSorted()).toEqual(names.toSorted())
})

test('one that is required and not said fails the call, and can be corrected, also as __proto__', async () => {
  const id = await house.newCall(said('agent', 'Hello, how can I help?', 'user', 'A cup of tea, thank you.'))
  await house.rerun(id, { config: frozen(config) })
  expect((await currentAnalysis(db, id))?.fields.call_successful).toMatchObject({
    value: false,
    reason: 'required_missing: __proto__',
  })
  const deps = { db, next: { fieldCorrected: async () => {} } }
  const corrected = { conversationId: id, item: '__proto__', value: '7', actor, reason: 'test' }
  expect(await correctField(deps, corrected)).toMatchObject({ item: '__proto__', value: 7, before: null })
})
