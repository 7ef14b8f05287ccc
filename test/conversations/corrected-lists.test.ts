import { expect, test } from 'vitest'
import { filterSql } from '../../src/conversations/index.ts'
import { type Filter, parseFilter } from '../../src/filters/index.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
const { db, useCases, actor } = world
await ask(world, plan)
const ids = ['said', 'corrected', 'emptied', 'withdrawn', 'unanalysed']
for (const [place, id] of ids.entries()) {
  await world.take(call({ id, at: `2025-04-0${place + 1}T10:00:00Z`, turns: ['I want the Pro plan.', 'Good.'] }))
  if (id !== 'unanalysed') await world.rerun(id)
}
const correct = (conversationId: string, item: string, value: unknown) =>
  useCases.correctField({ conversationId, item, value, actor, reason: 'test' })
await correct('corrected', 'plan', 'Basic')
await correct('corrected', 'plan', 'Team')
await correct('corrected', 'user_sentiment', 'Negative')
await correct('corrected', 'call_successful', false)
await correct('emptied', 'plan', null)
const { runId } = await correct('withdrawn', 'plan', 'Team')
await useCases.undoRun({ runId, actor, reason: 'test' })
await correct('unanalysed', 'plan', 'Team')

async function selectedBy(filter: Filter): Promise<string[]> {
  const { count } = await db
    .selectFrom('conversations')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where(filterSql(filter))
    .executeTakeFirstOrThrow()
  // A plan of none is refused.
  if (count === 0) return []
  const { id } = await useCases.planBackfill({ filter, actor, reason: 'test' })
  const rows = await db.selectFrom('backfill_items').select('conversation_id').where('backfill_id', '=', id).execute()
  return rows.map((row) => row.conversation_id)
}

async function idsBy(criteria: object): Promise<string[]> {
  const parsed = parseFilter(criteria, { kind: 'call' })
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors))
  const listed = await useCases.listConversations(parsed.filter, { limit: 10, includeTotal: true })
  expect(listed.total).toBe(listed.items.length)
  // A backfill selects what a list shows.
  const selected = await selectedBy(parsed.filter)
  const shown = listed.items.map((each) => each.id)
  expect(selected.toSorted()).toEqual(shown.toSorted())
  return shown.toReversed()
}

const negative = { user_sentiment: ['Negative'] }

test.each([
  ['the word of a person', { custom_analysis_data: { plan: 'Team' } }, ['corrected']],
  ['not what it stands in place of, nor one that a newer has', { custom_analysis_data: { plan: 'Basic' } }, []],
  ['what was found, where no word stands', { custom_analysis_data: { plan: 'Pro' } }, ['said', 'withdrawn']],
  ['that it is not said', { custom_analysis_data: { plan: { present: false } } }, ['emptied']],
  ['anything else', { custom_analysis_data: { plan: { ne: 'Pro' } } }, ['corrected', 'emptied', 'unanalysed']],
  ['its sentiment', negative, ['corrected']],
  ['its success', { call_successful: false }, ['corrected']],
])('corrections count in lists and backfills: %s', async (_, criteria, expected) => {
  expect(await idsBy(criteria)).toEqual(expected)
})
