import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { kinds } from '../../support/accounts/account.ts'
import { call } from '../../support/conversations.ts'
import { all, none, openCallers } from './callers.ts'

// ENGINE.md section 6, scenario 6.
describe.each(kinds)('on %s', async (kind) => {
  const { world, account, caller, cellsOf, remove, undo, report, pushAgain, endGrace } = await openCallers(kind)
  const { useCases, actor, db } = world

  describe('deleting a conversation', () => {
    test('takes exactly its share, and its undo brings it back', async () => {
      const { id, calls } = await caller()
      const [first, , last] = calls.map((each) => each.id)
      const ofLast = await remove(last ?? '')
      await world.push()
      expect(cellsOf(id)).toEqual({ ...all, plan_wanted: 'Pro', plans_named: 2 })
      const ofFirst = await remove(first ?? '')
      await world.push()
      expect(cellsOf(id)).toEqual({ ...all, plan_wanted: 'Pro', first_plan: 'Pro', plans_named: 1 })
      const undone = await undo(ofLast.runId)
      expect(cellsOf(id)).toEqual({ ...all, first_plan: 'Pro', plans_named: 2 })
      await undo(ofFirst.runId)
      expect(cellsOf(id)).toEqual(all)
      await undo(undone)
      expect(cellsOf(id)).toEqual({ ...all, plan_wanted: 'Pro', plans_named: 2 })
    })

    test('of all retracts what they said, under the run that deleted the last', async () => {
      const { id, calls } = await caller({ plan_wanted: 'Typed in March' })
      for (const each of calls) await remove(each.id)
      await world.push()
      expect(cellsOf(id)).toEqual({ ...none, plan_wanted: 'Typed in March' })
      const { rows } = await sql<{ kind: string; decision: string }>`
        select runs.kind, change ->> 'decision' as decision
        from ledger join runs on runs.id = ledger.run_id cross join lateral jsonb_array_elements(changes) as change
        where ledger.id = (select max(id) from ledger)`.execute(db)
      expect(rows.map(({ kind, decision }) => `${kind} ${decision}`)).toEqual(Array(4).fill('deletion retract'))
    })

    test('hides it from everybody, and a redelivery is dropped', async () => {
      const { number, calls } = await caller()
      const [doomed] = calls
      if (!doomed) throw new Error('no call')
      const { runId, until } = await remove(doomed.id)
      expect(await remove(doomed.id)).toEqual({ runId, until, isNew: false })
      const filter = {
        kind: 'any' as const,
        conditions: [
          { field: 'from_number' as const, test: { type: 'string' as const, op: 'eq' as const, value: number } },
        ],
      }
      const page = await useCases.listConversations(filter, { limit: 9, includeTotal: true })
      expect([page.total, page.items.map((item) => item.id).includes(doomed.id)]).toEqual([2, false])
      await expect(useCases.getRetellObject(doomed.id)).rejects.toMatchObject({ code: 'conversation.not_found' })
      await expect(world.rerun(doomed.id)).rejects.toMatchObject({ code: 'conversation.not_found' })
      expect((await useCases.planBackfill({ filter, actor, reason: 'test' })).estimate.conversations).toBe(2)
      const { records } = await useCases.explainField({ contact: number, field: account.nameOf('plan_wanted') })
      expect(JSON.stringify(records)).not.toContain(doomed.id)
      expect(await report(call({ ...doomed, turns: ['Another word.'] }))).toMatchObject({ dropped: 1, changed: 0 })
      await undo(runId)
      expect(await useCases.getRetellObject(doomed.id)).toMatchObject({ transcript: expect.stringContaining('Basic') })
    })

    test('ends with the grace: it is gone, and no undo brings it back', async () => {
      const { id, number, calls, runId } = await caller()
      const [first] = calls
      const deletion = await remove(first?.id ?? '')
      await world.push()
      const left = { ...all, first_plan: 'Pro', plans_named: 2 }
      expect(cellsOf(id)).toEqual(left)
      await endGrace()
      expect(await pushAgain()).toBe(0)
      expect(cellsOf(id)).toEqual(left)
      expect(await remove(first?.id ?? '')).toEqual({ runId: null, until: null, isNew: false })
      await expect(undo(deletion.runId)).rejects.toMatchObject({ code: 'conversation.removed', status: 404 })
      expect(await report(call(first ?? { id: '', at: '', turns: [] }))).toMatchObject({ dropped: 1 })
      expect(await traceOf(number, 'Basic')).toBe(0)
      await undo(runId)
      expect(cellsOf(id)).toEqual(none)
    })
  })

  /** How many transcripts of a number still hold a word. */
  async function traceOf(number: string, word: string) {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from transcripts join conversations on id = conversation_id
      where from_number = ${number} and turns::text like ${`%${word}%`}`.execute(db)
    return rows[0]?.count
  }
})
