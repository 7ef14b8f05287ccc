import { expect, test } from 'vitest'
import type { Item } from '../../../src/agents/index.ts'
import { prepareExtractions } from '../../../src/analysis/index.ts'
import { loadConversation } from '../../../src/conversations/index.ts'
import { analysesOf, attemptsOf, config, frozen, newRun, openHouse } from '../house.ts'
import { configOf, said } from '../sample.ts'

const { db, deps, sandbox, newCall, rerun } = await openHouse()

const card = '4111 1111 1111 1111'
const secrets = [card, '123-45-6789', 'hunter2']
const turns = said(
  ...['agent', 'What is your budget?', 'user', `My budget is 1500 dollars, card ${card}.`],
  ...['agent', 'Your social security number?', 'user', '123-45-6789, and my password is hunter2.'],
  ...['agent', 'Great, goodbye!'],
)
const payment: Item = { type: 'string', name: 'card_number', description: 'The number of the card.' }

/** Whether a model that is asked about this call is sent a text: a fault that waits for it is taken or stays. */
async function isSent(text: string, options: Parameters<typeof rerun>[1] = {}) {
  const id = await newCall(turns)
  sandbox.admin.fault({ kind: 'refuse', match: text })
  const { outcome } = await rerun(id, options)
  sandbox.admin.reset()
  return outcome === 'refused'
}

test('a secret is not sent, what stands beside it is', async () => {
  for (const secret of secrets) expect([secret, await isSent(secret)]).toEqual([secret, false])
  expect(await isSent('1500 dollars, card [card number]')).toBe(true)
  expect(await isSent('[social security number], and my password is [password]')).toBe(true)
})

test('an item that asks for a card lets the card through, and nothing else', async () => {
  const asking = { config: frozen(configOf(payment)) }
  expect(await isSent(card, asking)).toBe(true)
  expect(await isSent('hunter2', asking)).toBe(false)
})

test('evidence is held against what was sent; no row but the transcript holds a secret, and that keeps its own', async () => {
  const id = await newCall(turns)
  const { fields } = await rerun(id)
  expect(fields?.budget).toMatchObject({ value: 1500, status: 'found', evidence: [{ turn: 2 }] })
  expect(fields?.budget?.evidence[0]?.quote).toContain('[card number]')
  const written = JSON.stringify([await analysesOf(db, id), await attemptsOf(db, id)])
  for (const secret of secrets) expect(written).not.toContain(secret)
  expect((await loadConversation(db, id))?.turns).toMatchObject(turns)
})

test('a failure says nothing of it either', async () => {
  const id = await newCall(turns)
  sandbox.admin.fault({ kind: 'insufficient_quota' })
  const error: unknown = await rerun(id).catch((thrown) => thrown)
  const told = JSON.stringify([String(error), error, await attemptsOf(db, id)])
  for (const secret of secrets) expect(told).not.toContain(secret)
})

test('a conversation without secrets is asked about in the same bytes as before', async () => {
  const plain = said('agent', 'What is your budget?', 'user', 'My budget is 1500 dollars. I forgot my password.')
  const id = await newCall(plain)
  const prepared = await prepareExtractions(deps, [{ conversationId: id, config, runId: await newRun(db) }])
  expect(prepared.get(id)).toMatchObject({ rendered: expect.stringContaining('I forgot my password.') })
  expect(prepared.get(id)).toMatchObject({ conversation: { turns: plain } })
})
