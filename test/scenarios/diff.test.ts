import { expect, test } from 'vitest'
import { openCli } from '../cli/open-cli.ts'
import { apply, backfill, planMappingOnly } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { createPlanWorld } from '../support/plan-world.ts'

const world = await createPlanWorld()
const { actor, models, useCases } = world
const { run } = openCli(world)
const at = '2025-04-10T10:00:00Z'
const turns = ['I want the Pro plan.', 'Good.', 'My goal is a quiet office.']

/** The same item by its name, so that a choice can go and another come. */
const planOf = (...choices: string[]) => ({ ...plan, choices })

async function numbers(conversationId: string, sides: { from?: number; to?: number } = {}) {
  const { from, to } = await useCases.diffAnalyses({ conversationId, ...sides })
  return [from.number, to.number]
}

test('of a conversation: the newest rerun or preview against the one before, or those that are named', async () => {
  await ask(world, plan)
  await world.take(call({ id: 'one', at, turns }))
  await expect(useCases.diffAnalyses({ conversationId: 'nobody' })).rejects.toMatchObject({ status: 404 })
  await world.rerun('one')
  const alone = { code: 'analysis.nothing_to_compare', status: 409 }
  await expect(useCases.diffAnalyses({ conversationId: 'one' })).rejects.toMatchObject(alone)
  await expect(useCases.diffAnalyses({ conversationId: 'one', to: 1 })).rejects.toMatchObject(alone)

  await ask(world, plan, goal(3))
  await world.rerun('one')
  await ask(world, planOf('Basic', 'Team'), goal(6))
  models.admin.fault({ kind: 'refuse', times: 1 })
  await world.rerun('one')
  expect(await numbers('one')).toEqual([1, 2])
  await useCases.previewRerun({ conversationId: 'one', actor, reason: 'test' })
  expect(await numbers('one')).toEqual([2, 4])
  expect(await numbers('one', { to: 2 })).toEqual([1, 2])
  expect(await numbers('one', { from: 1 })).toEqual([1, 4])
  expect(await numbers('one', { from: 4, to: 1 })).toEqual([4, 1])
  await expect(numbers('one', { to: 3 })).rejects.toMatchObject({ code: 'analysis.not_ok', status: 409 })
  await expect(numbers('one', { from: 9 })).rejects.toMatchObject({ code: 'analysis.not_found', status: 404 })

  const { items } = await useCases.diffAnalyses({ conversationId: 'one' })
  expect(items.filter(({ isChanged }) => isChanged)).toMatchObject([
    { item: 'goal', before: { value: 'My goal is' }, after: { value: 'My goal is a quiet office' }, change: 'changed' },
    { item: 'plan', before: { value: 'Pro' }, after: { value: null }, change: 'vanished' },
  ])
  const shown = await run('conversation', 'diff', 'one')
  expect(shown.out).toMatch(
    /^one: analysis 2 \(current, version 0, config .{12}, sandbox-extractive-1\) → 4 \(a preview, /,
  )
  expect(shown.out).toMatch(/plan +"Pro" +not_mentioned +vanished/)
  expect(shown.out).toMatch(/\d items unchanged$/)
  const json = await run('conversation', 'diff', 'one', '--from', '1', '--to', '2', '--json')
  expect(JSON.parse(json.out)).toMatchObject({ from: { number: 1 }, to: { number: 2, current: true } })
  expect(await run('conversation', 'diff', 'one', '--to', '7')).toMatchObject({
    code: 1,
    err: 'error: there is no analysis 7 of conversation one',
  })
})

test('of a backfill: per item how its analyses moved from those before, whether made or taken from the cache', async () => {
  await ask(world, plan)
  const wishes = ['I want the Pro plan.', 'I want the Pro plan.', 'I want the Team plan.', 'I want the Gold plan.']
  const ids = wishes.map((_, place) => `wish ${place}`)
  await world.take(...wishes.map((wish, place) => call({ id: `wish ${place}`, at, turns: [wish] })))
  const first = await backfill(world, ...ids)
  expect(await useCases.reportChanges(first.backfill.id)).toMatchObject({ compared: 0, isFirst: 4, items: [] })

  await ask(world, planOf('Basic', 'Team', 'Gold'))
  const second = await backfill(world, ...ids)
  const changes = await useCases.reportChanges(second.backfill.id)
  expect(changes).toMatchObject({ compared: 4, isFirst: 0 })
  expect(changes.items.find(({ item }) => item === 'plan')).toEqual({
    item: 'plan',
    conversations: 4,
    ...{ unchanged: 1, changed: 0, appeared: 1, vanished: 2 },
    changedShare: 0.75,
    nullRate: { before: 0.25, after: 0.5 },
    flips: [
      { from: 'Pro', to: null, conversations: 2 },
      { from: 'Team', to: 'Team', conversations: 1 },
      { from: null, to: 'Gold', conversations: 1 },
    ],
    newValues: [{ value: 'Gold', conversations: 1 }],
    otherFlips: 0,
  })

  const gone = AbortSignal.abort(new Error('nobody waits'))
  await expect(useCases.reportChanges(second.backfill.id, gone)).rejects.toThrow('nobody waits')

  // Back to the first config: every answer is in the cache, and moves back.
  await ask(world, plan)
  const asked = models.admin.state().requests
  const third = await backfill(world, ...ids)
  expect(models.admin.state().requests).toBe(asked)
  const back = await useCases.reportChanges(third.backfill.id)
  expect(back.compared).toBe(4)
  expect(back.items.find(({ item }) => item === 'plan')).toMatchObject({
    ...{ unchanged: 1, changed: 0, appeared: 2, vanished: 1 },
    newValues: [{ value: 'Pro', conversations: 2 }],
  })
  // A run that is taken back had no say: what counted before is what counted before that.
  await useCases.undoRun({ runId: second.backfill.runId ?? 0, actor, reason: 'test' })
  expect((await useCases.reportChanges(third.backfill.id)).items.every(({ changedShare }) => changedShare === 0)).toBe(
    true,
  )

  const shown = await run('backfill', 'report', String(second.backfill.id), '--changes')
  expect(shown.out).toMatch(/4 conversations held against the analysis before, 0 analysed for the first time/)
  expect(shown.out).toMatch(/plan +75\.0 % +1 +0 +1 +2 +/)
  expect(shown.out).toMatch(/plan:\n {2}Pro → no value: 2\n {2}no value → Gold: 1/)
  const json = await run('backfill', 'report', String(second.backfill.id), '--changes', '--json')
  expect(JSON.parse(json.out)).toMatchObject({ compared: 4 })
})

test('a backfill that asked no model has changed no analysis', async () => {
  const { backfill: planned } = await planMappingOnly(world)
  await apply(world, planned.id)
  expect(await useCases.reportChanges(planned.id)).toMatchObject({ compared: 0, items: [] })
  await expect(useCases.reportChanges(999)).rejects.toMatchObject({ status: 404 })
})
