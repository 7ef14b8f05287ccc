import { describe, expect, test } from 'vitest'
import { kinds } from '../support/accounts/account.ts'
import { backfill } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { type Rule, useRules } from '../support/mappings.ts'
import { addContact, numberField, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

/** ENGINE.md section 6, scenario 14: whatever happens to runs, no cell shows an older word than before. */
describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  const { actor, useCases } = world
  world.account.defineProperties([textField('plan_wanted'), textField('customer_goal'), numberField('plans_named')])
  const planRule: Rule = { from: 'plan', to: 'plan_wanted' }
  const rules = [planRule, { from: 'goal', to: 'customer_goal' }, { from: 'plan', to: 'plans_named', mode: 'count' }]

  /** A contact of the Basic plan with calls of March, April and May about Basic, Pro and Team. */
  async function threeCalls(number: string) {
    await useRules(world, ...rules)
    await ask(world, plan, goal(3))
    const properties = { phone: number, plan_wanted: 'Before' }
    const id = await addContact(world, { properties, at: '2025-01-15T09:00:00Z' })
    const plans = { '03': 'Basic', '04': 'Pro', '05': 'Team' }
    await world.take(
      ...Object.entries(plans).map(([month, name]) =>
        call({
          id: `${number} ${month}`,
          at: `2025-${month}-10T10:00:00Z`,
          number,
          turns: [`I want the ${name} plan.`],
        }),
      ),
    )
    return () => {
      const { plan_wanted, plans_named } = world.held(id)
      return [plan_wanted, plans_named]
    }
  }

  async function undo(runId: number | null) {
    const undone = await useCases.undoRun({ runId: runId ?? 0, actor, reason: 'test' })
    await world.push()
    return undone.runId
  }

  test('undo of a run that released old calls, while another run still needs later ones', async () => {
    const number = '+12125550191'
    const held = await threeCalls(number)
    const later = await world.rerun(`${number} 05`)
    expect(held()).toEqual(['Team', '1'])
    const { backfill: old } = await backfill(world, `${number} 03`, `${number} 04`)
    expect(held()).toEqual(['Team', '3'])
    const undone = await undo(old.runId)
    expect(held()).toEqual(['Team', '1'])
    await undo(undone)
    expect(held()).toEqual(['Team', '3'])
    // The later one alone withdrawn: what the backfill released is the last word, and none older.
    await undo(later.runId)
    expect(held()).toEqual(['Pro', '2'])
    await undo(old.runId)
    expect(held()).toEqual(['Before', undefined])
  })

  test('undo of the run that named the earliest call leaves those in between to the runs that named them', async () => {
    const number = '+12125550192'
    const held = await threeCalls(number)
    const march = await world.rerun(`${number} 03`)
    await world.rerun(`${number} 04`)
    expect(held()).toEqual(['Pro', '2'])
    await undo(march.runId)
    expect(held()).toEqual(['Pro', '1'])
  })

  test('a rule edited, its run undone, and edited again', async () => {
    const number = '+12125550193'
    const held = await threeCalls(number)
    const upper = { ...planRule, values: { Basic: 'BASIC', Pro: 'PRO', Team: 'TEAM' } }
    await backfill(world, `${number} 03`, `${number} 04`, `${number} 05`)
    expect(held()).toEqual(['Team', '3'])
    await useRules(world, upper, ...rules.slice(1))
    const edited = await world.rerun(`${number} 05`)
    expect(held()).toEqual(['TEAM', '3'])
    await undo(edited.runId)
    expect(held()).toEqual(['Team', '3'])
    const short = { ...planRule, values: { Basic: 'B', Pro: 'P', Team: 'T' } }
    await useRules(world, short, ...rules.slice(1))
    expect(held()).toEqual(['Team', '3'])
    const again = await world.rerun(`${number} 04`)
    expect(held()).toEqual(['T', '3'])
    await undo(again.runId)
    expect(held()).toEqual(['Team', '3'])
  })

  test('a preview kept after a later rerun: of its call it is the newer word, and a later call stays the last', async () => {
    const number = '+12125550194'
    const held = await threeCalls(number)
    await backfill(world, `${number} 03`, `${number} 04`)
    await ask(world, { ...plan, description: 'Another prompt.' }, goal(3))
    const input = { conversationId: `${number} 04`, actor, reason: 'test' }
    const previewed = await useCases.previewRerun(input)
    await world.rerun(`${number} 04`)
    await world.rerun(`${number} 05`)
    expect(held()).toEqual(['Team', '3'])
    await useCases.keepAnalysis({ ...input, number: previewed.number ?? 0 })
    await world.push()
    expect(held()).toEqual(['Team', '3'])
  })

  test('a rerun that is silent, or fails, leaves the word of the analysis that was current', async () => {
    const number = '+12125550195'
    const held = await threeCalls(number)
    await backfill(world, `${number} 03`, `${number} 04`, `${number} 05`)
    await ask(world, goal(3))
    const silent = await world.rerun(`${number} 05`)
    expect(await useCases.currentAnalysis(`${number} 05`)).toMatchObject({ runId: silent.runId })
    expect(held()).toEqual(['Team', '3'])
    await ask(world, plan, goal(4))
    world.models.admin.fault({ kind: 'refuse', times: 1 })
    expect(await world.rerun(`${number} 05`)).toMatchObject({ outcome: 'refused' })
    expect(held()).toEqual(['Team', '3'])
    await undo(silent.runId)
    expect(held()).toEqual(['Team', '3'])
  })
})
