import { describe, expect, test } from 'vitest'
import { transact } from '../../src/db/index.ts'
import { settle } from '../../src/sync/removal/settle.ts'
import { kinds } from '../support/accounts/account.ts'
import { backfill } from '../support/backfills.ts'
import { call, chat } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { mappingFor, type Rule } from '../support/mappings.ts'
import { markAll } from '../support/pushes.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

/** Several rules may feed one field where no conversation satisfies two of them (ENGINE.md section 2). */
describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  world.account.defineProperties([textField('plan_wanted'), textField('plan_alone')])
  await ask(world, plan)

  const fromCalls = { from: 'plan', to: 'plan_wanted', when: { call_status: 'ended' } }
  const fromChats = { from: 'plan', to: 'plan_wanted', when: { chat_status: 'ended' }, values: choicesInChats }

  function file(rules: Rule[], agents: string[] = []): string {
    const mapping = JSON.parse(mappingFor(world.account, rules))
    return JSON.stringify(agents.length > 0 ? { ...mapping, agents } : mapping)
  }

  /** Somebody who called in January and March and wrote in February. */
  async function inTouch(number: string) {
    const id = await addContact(world, { properties: { phone: number }, at: '2024-12-01T09:00:00Z' })
    const says = (wanted: string) => [`I want the ${wanted} plan.`, 'Good.', 'Bye.']
    await world.take(
      call({ id: `${number} jan`, at: '2025-01-10T10:00:00Z', number, turns: says('Basic') }),
      chat({ id: `${number} feb`, at: '2025-02-10T10:00:00Z', number, turns: says('Team') }),
      call({ id: `${number} mar`, at: '2025-03-10T10:00:00Z', number, turns: says('Pro') }),
    )
    const push = async (...months: string[]) => backfill(world, ...months.map((month) => `${number} ${month}`))
    const remove = async (month: string) => {
      await world.useCases.deleteConversation({ id: `${number} ${month}`, actor: world.actor, reason: 'test' })
      await world.push()
    }
    const settleAndPush = async (month: string) => {
      await transact(world.db, (trx) => settle(trx, world.crms, [`${number} ${month}`]))
      await markAll(world)
      await world.push()
    }
    return { push, remove, settle: settleAndPush, holds: () => world.held(id).plan_wanted }
  }

  test.each([
    ['of one file', [[fromCalls, fromChats]], [[]]],
    ['of two files, each for its agents', [[fromCalls], [fromChats]], [['agent_1'], ['chat_agent_1']]],
  ])('%s are one timeline', async (name, files, agents) => {
    await world.useMapping(...files.map((rules, index) => file(rules, agents[index])))
    const { push, holds } = await inTouch(name.includes('two') ? '+12125550171' : '+12125550170')
    await push('jan', 'feb')
    expect(holds()).toBe('Team (written)')
    const march = await push('mar')
    expect(holds()).toBe('Pro')
    await push('jan')
    expect(holds()).toBe('Pro')
    await world.useCases.undoBackfill({ id: march.backfill.id, actor: world.actor, reason: 'test' })
    await world.push()
    // The chat is asked by the one rule, the call by the other; each is in force by its own words.
    expect(holds()).toBe('Team (written)')
  })

  test('a second rule for a field takes it over at its first release, and what the first one says stays', async () => {
    await world.useMapping(file([fromCalls]))
    const { push, holds } = await inTouch('+12125550172')
    await push('jan', 'feb')
    expect(holds()).toBe('Basic')
    await world.useMapping(file([fromCalls, fromChats]))
    await push('feb')
    expect(holds()).toBe('Team (written)')
    await push('mar')
    expect(holds()).toBe('Pro')
  })

  // One run has named both, so what is left of either must not make its rule the only one.
  test.each([
    ['of one file', [[fromCalls, fromChats]], [[]]],
    ['of two files, each for its agents', [[fromCalls], [fromChats]], [['agent_1'], ['chat_agent_1']]],
  ])('%s are heard when a conversation is deleted or settled', async (name, files, agents) => {
    await world.useMapping(...files.map((rules, index) => file(rules, agents[index])))
    const numbers = name.includes('two') ? ['+12125550173', '+12125550174'] : ['+12125550175', '+12125550176']
    const [one, other] = await Promise.all(numbers.map(inTouch))
    await one?.push('feb', 'mar')
    expect(one?.holds()).toBe('Pro')
    await one?.remove('mar')
    expect(one?.holds()).toBe('Team (written)')
    await other?.push('jan', 'feb')
    await other?.settle('jan')
    expect(other?.holds()).toBe('Team (written)')
    await other?.remove('feb')
    expect(other?.holds()).toBe('Basic')
  })

  test('a plan through one of two mappings is refused for the field they share, and made for its other', async () => {
    const alone = { from: 'plan', to: 'plan_alone' }
    await world.useMapping(file([fromCalls, alone], ['agent_1']), file([fromChats], ['chat_agent_1']))
    await inTouch('+12125550177')
    const plan = (mappingOnly: { mapping?: string; fields?: string[] }) =>
      world.useCases.planBackfill({ filter: all, actor: world.actor, reason: 'test', mappingOnly })
    const [own = '', other = ''] = (await world.useCases.listMappings()).map(({ name }) => name)
    const [shared, lone] = ['plan_wanted', 'plan_alone'].map((name) => world.account.nameOf(name))
    const refusal = { code: 'backfill.shared_field', status: 422 }
    await expect(plan({ mapping: own })).rejects.toMatchObject(refusal)
    await expect(plan({ mapping: own })).rejects.toThrow(`mapping ${other} feeds ${shared} too`)
    await expect(plan({ mapping: other, fields: [shared ?? ''] })).rejects.toMatchObject(refusal)
    const planned = [await plan({ mapping: own, fields: [lone ?? ''] }), await plan({ fields: [shared ?? ''] })]
    expect(planned.map(({ frozen }) => Object.keys(frozen.mappings).length)).toEqual([1, 2])
  })
})

const all = { kind: 'any' as const, conditions: [] }
const choicesInChats = { Basic: 'Basic (written)', Pro: 'Pro (written)', Team: 'Team (written)' }
