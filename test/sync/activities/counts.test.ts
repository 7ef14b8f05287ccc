import { describe, expect, test } from 'vitest'
import { kinds } from '../../support/accounts/account.ts'
import { activityCalls, defineKey, logged, loggedOf, useActivities } from '../../support/activities.ts'
import { apply, planMappingOnly } from '../../support/backfills.ts'
import { call } from '../../support/conversations.ts'
import { ask, plan } from '../../support/items.ts'
import { useRules } from '../../support/mappings.ts'
import { textField } from '../../support/records.ts'
import { createWorldOn } from '../../support/world.ts'

const rule = { from: 'plan', to: 'plan_wanted' }

describe.each(kinds)('what is told of activities on %s', async (kind) => {
  const world = await createWorldOn([kind])
  world.account.defineProperties([textField('plan_wanted')])
  defineKey(world)
  await ask(world, plan)
  const { useCases, actor } = world
  const ids = ['call_1', 'call_2', 'call_3']
  const numbers = ids.map((_, place) => `+1212555010${place}`)
  const contacts = world.account.createContacts(numbers.map((phone) => ({ properties: { phone } })))
  await useRules(world, rule)
  await world.importCrm()
  await world.take(
    ...ids.map((id, place) =>
      call({ id, at: '2026-04-10T10:00:00Z', number: numbers[place] ?? '', turns: ['I want the Pro plan.'] }),
    ),
  )
  for (const id of ids) await world.rerun(id)

  test('switching them on writes nothing: a plan says what would be, exactly, and its backfill does that', async () => {
    expect(logged(world)).toEqual([])
    await useActivities(world, [rule])
    await world.push()
    const before = activityCalls(world)
    const { plan: planned, backfill } = await planMappingOnly(world, [], ids.slice(0, 2))
    expect(planned.totals.activities).toEqual({ main: { created: 2, updated: 0, removed: 0 } })
    expect(activityCalls(world)).toBe(before)
    const { status } = await apply(world, backfill.id)
    expect(status.pushes.activities).toEqual({ created: 2, updated: 0, removed: 0 })
    expect(ids.map((id) => loggedOf(world, id).length)).toEqual([1, 1, 0])
    const again = await planMappingOnly(world, [], ids)
    expect(again.plan.totals.activities).toEqual({ main: { created: 1, updated: 0, removed: 0 } })
  })

  test('a backfill of one field logs nothing new', async () => {
    const { plan: planned, backfill } = await planMappingOnly(world, ['plan_wanted'], ['call_3'])
    expect(planned.totals.activities).toBeUndefined()
    await apply(world, backfill.id)
    expect(loggedOf(world, 'call_3')).toEqual([])
  })

  test('a preview says what keeping it would do', async () => {
    const preview = async (conversationId: string) =>
      (await useCases.previewRerun({ conversationId, actor, reason: 'test' })).activities
    const body = { analysis_summary_prompt: 'Summarise the call in 4 words.' }
    await useCases.saveDraft({ agentId: 'agent_1', kind: 'call', body, actor })
    expect(await preview('call_1')).toEqual([{ connection: 'main', externalId: contacts[0], action: 'update' }])
    expect(await preview('call_3')).toEqual([{ connection: 'main', externalId: contacts[2], action: 'create' }])
    expect(loggedOf(world, 'call_3')).toEqual([])
    await useActivities(world, [rule], { write: false })
    expect(await preview('call_1')).toEqual([])
  })
})
