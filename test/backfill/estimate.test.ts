import { describe, expect, test } from 'vitest'
import { planOf, workOn } from '../support/backfills.ts'
import { call, chat } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { createWorld, type World } from '../support/world.ts'

const said = [
  'I want the Pro plan, please.',
  'My goal is a quiet office with a view of the garden and a kettle.',
  'We live in Lübeck, near the harbour.',
  'Could you say that again? The line is not good today.',
  'Well, thank you for waiting. Let me look at the account; that takes a moment, since the system is slow in the morning.',
]
// What the sandbox bills goes by characters; of these, each is three bytes.
const inJapanese = said.map((text) => 'お電話ありがとうございます、少々お待ちください。'.repeat(1 + (text.length % 4)))

/** Calls and chats of 4 to 26 turns: their number alone says which. */
function conversation(nth: number, texts: string[]): object {
  const turns = Array.from({ length: 4 + ((nth * 7) % 23) }, (_, turn) => texts[(nth + turn * 3) % texts.length] ?? '')
  const at = `2025-03-${String(1 + (nth % 28)).padStart(2, '0')}T10:00:00Z`
  return nth % 3 === 0 ? chat({ id: `talk_${nth}`, at, turns }) : call({ id: `talk_${nth}`, at, turns })
}

/** Stores conversations of these numbers and plans a backfill over them alone. */
async function planned(world: World, [from, to]: [number, number], texts = said) {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index)
  await world.take(...numbers.map((nth) => conversation(nth, texts)))
  const id = await planOf(world, ...numbers.map((nth) => `talk_${nth}`))
  const { estimate } = (await world.useCases.backfillStatus(id)).backfill
  const { costUsdLow: low, costUsdHigh: high } = estimate
  if (low === undefined || high === undefined) throw new Error('a plan without a range')
  return { id, estimate, low, high }
}

/** Runs a plan against the sandbox, which bills by a tokenizer of its own, and says what was charged. */
async function charged(world: World, id: number): Promise<number> {
  await world.useCases.startBackfill({ id, actor: world.actor })
  await workOn(world, id)
  return (await world.useCases.backfillStatus(id)).items.costUsd
}

describe.each([
  { where: 'OpenAI, told what to cache', AFTERWORD_SANDBOX: '1' },
  { where: 'another endpoint, which caches as it likes', AFTERWORD_SANDBOX: '0' },
])('$where', async ({ AFTERWORD_SANDBOX }) => {
  const world = await createWorld({ AFTERWORD_SANDBOX })
  await useRules(world)
  await ask(world, plan, goal(10), { type: 'string', name: 'city', description: 'Where the customer lives.' })

  test('a first plan goes by starting values, ±15%', async () => {
    const { id, estimate, low, high } = await planned(world, [0, 60])
    expect(estimate).toMatchObject({ modelCalls: 60, learnedFromCalls: 0, pricesAsOf: '2026-11-21' })
    expect(low).toBeLessThanOrEqual(estimate.costUsd * 0.85)
    expect(high).toBeCloseTo(estimate.costUsd * 1.15, 10)
    expect(await charged(world, id)).toBeLessThanOrEqual(estimate.costUsdAtMost)
  })

  test('the next has learned from the calls of the first, and other conversations cost what its range says', async () => {
    const { id, estimate, low, high } = await planned(world, [60, 100])
    expect(estimate).toMatchObject({ modelCalls: 40, learnedFromCalls: 60 })
    expect(low).toBeLessThan(estimate.costUsd)
    expect(high).toBeGreaterThan(estimate.costUsd)
    expect(high / low).toBeLessThan(1.25)
    const usd = await charged(world, id)
    expect(usd).toBeGreaterThanOrEqual(low)
    expect(usd).toBeLessThanOrEqual(high)
    expect(estimate.costUsdAtMost).toBeGreaterThanOrEqual(high)
  })

  test('what is unlike anything it learned from falls out of the range, and is learned in turn', async () => {
    const stranger = await planned(world, [100, 160], inJapanese)
    expect(await charged(world, stranger.id)).toBeLessThan(stranger.low)
    const known = await planned(world, [160, 200], inJapanese)
    expect(known.estimate.learnedFromCalls).toBe(160)
    expect(known.high / known.low).toBeGreaterThan(stranger.high / stranger.low)
    const usd = await charged(world, known.id)
    expect(usd).toBeGreaterThanOrEqual(known.low)
    expect(usd).toBeLessThanOrEqual(known.high)
  })
})
