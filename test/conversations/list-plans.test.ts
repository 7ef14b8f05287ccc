import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { asked } from '../bench/lists/asked.ts'
import { fillWithCalls } from '../bench/lists/fill.ts'
import { explain, mostBuffers, statementOf } from '../bench/lists/page-of.ts'
import { createTestDatabase } from '../support/database.ts'

const { db } = await createTestDatabase()
const calls = 20_000
await fillWithCalls(db, calls)

/** Of corrections, which are few or none, all may be looked at. */
const wholeTable = /Seq Scan on (conversations|analyses)/

test.each(asked)('a page by $name runs along an index, and looks at few blocks', async ({ criteria }) => {
  const { nodes, buffers } = await explain(db, statementOf(db, calls, criteria, { limit: 50 }))
  expect(nodes.join()).not.toMatch(wholeTable)
  expect(buffers).toBeLessThanOrEqual(mostBuffers(50))
})

test.each([
  ['sentiment', { user_sentiment: ['Negative'] }, 'analyses_listed'],
  ['direction', { direction: 'inbound' }, 'conversations_started'],
  ['agent', { agent: ['agent_3'] }, 'conversations_agent'],
  ['number', { from_number: '+14150007919' }, 'conversations_from'],
])('by %s it runs along %s', async (_, criteria, index) => {
  const { nodes } = await explain(db, statementOf(db, calls, criteria, { limit: 50 }))
  expect(nodes.join()).toContain(index)
})

test('a late page by its key looks at no more than the first', async () => {
  const criteria = { user_sentiment: ['Negative', 'Positive'] }
  const first = await explain(db, statementOf(db, calls, criteria, { limit: 20 }))
  const [{ started_at, id } = { started_at: null, id: '' }] = await db
    .selectFrom('conversations')
    .select(['started_at', 'id'])
    .orderBy('started_at')
    .offset(calls * 0.61)
    .limit(1)
    .execute()
  if (started_at === null) throw new Error('all of them began')
  const late = await explain(db, statementOf(db, calls, criteria, { limit: 20, after: { startedAt: started_at, id } }))
  expect(late.buffers).toBeLessThanOrEqual(first.buffers + 5)
})

describe('with a correction in every twentieth of them', () => {
  // Of each row that is passed by an index is asked whether there is one, however many there are: one in ten or more passes.
  const most = mostBuffers(50) + 510 * 3
  const found = ['sentiment', 'two sentiments', 'success', 'analysis data', 'no analysis data']

  test.each(asked.filter(({ name }) => found.includes(name)))(
    'a page by $name runs along an index, and asks for those on its way',
    async ({ criteria }) => {
      await correct()
      const { nodes, buffers } = await explain(db, statementOf(db, calls, criteria, { limit: 50 }))
      expect(nodes.join()).not.toMatch(wholeTable)
      expect(buffers).toBeLessThanOrEqual(most)
    },
  )
})

/** Once for all of them: a person's word on each of three items, in a run of its own. */
async function correct(): Promise<void> {
  const corrected = calls / 20
  const { rows } = await sql`select from corrections limit 1`.execute(db)
  if (rows.length > 0) return
  await sql`
    insert into runs (kind, actor, reason) select 'correction', 'cli:bench', 'bench' from generate_series(1, ${corrected}::int)`.execute(
    db,
  )
  await sql`
    insert into corrections (conversation_id, item, run_id, value, actor)
    select 'call_' || md5((n * 20)::text), item, 1 + n, value::jsonb, 'cli:bench'
    from generate_series(0, ${corrected}::int - 1) as n
    cross join (values ('user_sentiment', '"Positive"'), ('call_successful', 'true'), ('plan', '"Basic"')) as said (item, value)`.execute(
    db,
  )
  await sql`vacuum (analyze) corrections, runs`.execute(db)
}
