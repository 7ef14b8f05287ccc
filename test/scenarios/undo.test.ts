import { describe, expect, test } from 'vitest'
import { undoRun } from '../../src/sync/index.ts'
import { kinds } from '../support/accounts/account.ts'
import { backfill } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { pushWhile } from '../support/pushes.ts'
import { addContact, rowsWritten, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  world.account.defineProperties([textField('plan_wanted'), textField('customer_goal')])
  await useRules(world, { from: 'plan', to: 'plan_wanted' }, { from: 'goal', to: 'customer_goal' })
  await ask(world, plan, goal(3))

  /** A contact of January on the Basic plan, with a call of April about the Pro plan. */
  async function calledContact(number: string) {
    const properties = { phone: number, plan_wanted: 'Basic' }
    const id = await addContact(world, { properties, at: '2025-01-15T09:00:00Z' })
    const turns = ['I want the Pro plan.', 'Good.', 'My goal is a quiet office.']
    await world.take(call({ id: number, at: '2025-04-10T10:00:00Z', number, turns }))
    return id
  }

  function fieldsOf(id: string) {
    const { plan_wanted, customer_goal } = world.held(id)
    return { plan_wanted, customer_goal }
  }

  /** Undoes a run, whatever it was, and pushes; returns the undo's own run. */
  async function undo(runId: number | null) {
    if (runId === null) throw new Error('there is no run to undo')
    const undone = await undoRun(world, { runId, actor: world.actor, reason: 'test' })
    await world.push()
    return undone.runId
  }

  describe('undo of a backfill', () => {
    test('brings back what stood before, and its own undo brings back what the backfill said', async () => {
      const id = await calledContact('+12125550131')
      const before = { plan_wanted: 'Basic', customer_goal: undefined }
      const { backfill: done } = await backfill(world, '+12125550131')
      const after = { plan_wanted: 'Pro', customer_goal: 'My goal is' }
      expect(fieldsOf(id)).toEqual(after)
      const first = await undo(done.runId)
      expect(fieldsOf(id)).toEqual(before)
      const second = await undo(first)
      expect(fieldsOf(id)).toEqual(after)
      await undo(second)
      expect(fieldsOf(id)).toEqual(before)
    })

    test('changes nothing where a later run decides', async () => {
      const id = await calledContact('+12125550132')
      const { backfill: done } = await backfill(world, '+12125550132')
      await world.rerun('+12125550132')
      const rows = rowsWritten(world)
      await undo(done.runId)
      expect(fieldsOf(id)).toMatchObject({ plan_wanted: 'Pro' })
      expect(rowsWritten(world)).toBe(rows)
    })

    test('leaves alone what a person has typed since', async () => {
      const id = await calledContact('+12125550133')
      const { backfill: done } = await backfill(world, '+12125550133')
      world.account.edit({ id, properties: { plan_wanted: 'Typed "by hand"' }, as: 'person' })
      await undo(done.runId)
      expect(fieldsOf(id)).toEqual({ plan_wanted: 'Typed "by hand"', customer_goal: undefined })
    })

    test('of conversations that had nothing to say changes nothing', async () => {
      await world.take(call({ id: 'empty', at: '2025-04-10T10:00:00Z', number: '+12125550135', turns: [] }))
      const { backfill: done } = await backfill(world, 'empty')
      const rows = rowsWritten(world)
      await undo(await undo(done.runId))
      expect(rowsWritten(world)).toBe(rows)
    })

    test('is refused twice, with the run that undid it', async () => {
      await calledContact('+12125550134')
      const { backfill: done } = await backfill(world, '+12125550134')
      const by = await undo(done.runId)
      await expect(undo(done.runId)).rejects.toMatchObject({
        code: 'run.undone',
        message: expect.stringContaining(`${by}`),
      })
    })
  })

  // ENGINE.md section 6, scenario 15.
  const histories = [
    { told: 'tells its history', historyOff: [], early: '+12125550140', late: '+12125550141' },
    { told: 'tells none', historyOff: ['*'], early: '+12125550142', late: '+12125550143' },
  ]
  describe.each(histories)(
    'a pusher that dies at its first touch of a CRM that $told',
    ({ historyOff, early, late }) => {
      /** Reruns a call; the process ends right after the write has arrived in the CRM. */
      async function pushAndDie(number: string) {
        world.account.configure({ historyOff })
        const id = await calledContact(number)
        const input = { conversationId: number, actor: world.actor, reason: 'test' }
        const { runId } = await world.useCases.rerunConversation(input)
        const die = () => Promise.reject(new Error('killed'))
        await expect(pushWhile(world, { after: die })).rejects.toThrow('killed')
        expect(fieldsOf(id)).toMatchObject({ plan_wanted: 'Pro' })
        return { id, runId }
      }

      test('undone before anybody pushed again: the original value is back', async () => {
        const { id, runId } = await pushAndDie(early)
        await undo(runId)
        expect(fieldsOf(id)).toEqual({ plan_wanted: 'Basic', customer_goal: undefined })
      })

      test('undone after the next pusher took it up: the original value is back, and nothing was written twice', async () => {
        const { id, runId } = await pushAndDie(late)
        const rows = rowsWritten(world)
        await world.push()
        expect(rowsWritten(world)).toBe(rows)
        await undo(runId)
        expect(fieldsOf(id)).toEqual({ plan_wanted: 'Basic', customer_goal: undefined })
      })
    },
  )
})
