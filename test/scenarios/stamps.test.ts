import { describe, expect, test } from 'vitest'
import { transact } from '../../src/db/index.ts'
import { settle } from '../../src/sync/removal/settle.ts'
import { kinds } from '../support/accounts/account.ts'
import { backfill } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { mappingFor } from '../support/mappings.ts'
import { markAll } from '../support/pushes.ts'
import { addContact, datetimeField, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  const { nameOf } = world.account
  world.account.defineProperties([textField('plan_wanted'), datetimeField('plan_said_at'), textField('plan_said_in')])
  await ask(world, plan)

  async function useStamp(policies: object = {}) {
    const stamp = { at: nameOf('plan_said_at'), link: nameOf('plan_said_in') }
    await world.useMapping(mappingFor(world.account, [{ from: 'plan', to: 'plan_wanted', stamp, ...policies }]))
  }

  async function caller(number: string) {
    const id = await addContact(world, { properties: { phone: number }, at: '2024-12-01T09:00:00Z' })
    for (const [month, wanted] of [
      ['01', 'Basic'],
      ['02', 'Team'],
    ]) {
      const turns = [`I want the ${wanted} plan.`, 'Good.', 'Bye.']
      await world.take(call({ id: `${number} ${month}`, at: `2025-${month}-10T10:00:00Z`, number, turns }))
    }
    const holds = () => {
      const { plan_wanted: wanted, plan_said_at: at, plan_said_in: link } = world.held(id)
      return { wanted, at: at && dayOf(at), link: link && decodeURIComponent(link) }
    }
    const stamped = (wanted: string, month: string) => ({
      wanted,
      at: `2025-${month}-10`,
      link: `/v1/conversations/${number} ${month}`,
    })
    const nothing = { wanted: undefined, at: undefined, link: undefined }
    return { id, number, holds, stamped, nothing, push: (month: string) => backfill(world, `${number} ${month}`) }
  }

  test('tell when and where the deciding conversation was, and go with it', async () => {
    await useStamp()
    const { holds, stamped, nothing, push } = await caller('+12125550160')
    const second = await push('02')
    expect(holds()).toEqual(stamped('Team', '02'))
    // An older conversation comes in later and decides nothing.
    const first = await push('01')
    expect(holds()).toEqual(stamped('Team', '02'))
    await undo(second.backfill.id)
    expect(holds()).toEqual(stamped('Basic', '01'))
    await undo(first.backfill.id)
    expect(holds()).toEqual(nothing)
  })

  test('go when the only conversation is deleted', async () => {
    await useStamp()
    const { holds, stamped, nothing, push, number } = await caller('+12125550169')
    await push('02')
    expect(holds()).toEqual(stamped('Team', '02'))
    await world.useCases.deleteConversation({ id: `${number} 02`, actor: world.actor, reason: 'test' })
    await world.push()
    expect(holds()).toEqual(nothing)
  })

  test('follow the mode of their field: the first word keeps its own stamp', async () => {
    await useStamp({ mode: 'fill_if_empty' })
    const { holds, stamped, push } = await caller('+12125550161')
    await push('02')
    expect(holds()).toEqual(stamped('Team', '02'))
    await push('01')
    expect(holds()).toEqual(stamped('Basic', '01'))
  })

  test('leave when a person decides, and a second push writes nothing', async () => {
    await useStamp()
    const { id, holds, push } = await caller('+12125550162')
    await push('01')
    world.account.edit({ id, properties: { plan_wanted: 'Typed' }, as: 'person' })
    await push('02')
    expect(holds()).toEqual({ wanted: 'Typed', at: undefined, link: undefined })
    const before = world.account.count('write').rows
    await push('02')
    expect(world.account.count('write').rows).toBe(before)
  })

  test("a person's own note in a stamp stays until somebody newer decides", async () => {
    await useStamp()
    const { id, holds, push } = await caller('+12125550163')
    await push('01')
    world.account.edit({ id, properties: { plan_said_in: 'see my notes' }, as: 'person', at: '2025-01-20T09:00:00Z' })
    await push('01')
    expect(holds()).toMatchObject({ wanted: 'Basic', at: '2025-01-10' })
    await push('02')
    expect(holds()).toMatchObject({ wanted: 'Team', at: '2025-02-10' })
  })

  test('stay when retention settles the conversation they tell of, and follow the next one', async () => {
    await useStamp()
    const { id, holds, stamped, push } = await caller('+12125550165')
    await push('01')
    const before = world.held(id)
    await transact(world.db, (trx) => settle(trx, world.crms, ['+12125550165 01']))
    await markAll(world)
    await world.push()
    expect(world.held(id)).toEqual(before)
    await push('02')
    expect(holds()).toEqual(stamped('Team', '02'))
  })

  test('are explained like any field', async () => {
    await useStamp()
    const { push } = await caller('+12125550164')
    await push('01')
    await push('02')
    const field = nameOf('plan_said_in')
    const { records } = await world.useCases.explainField({ contact: '+12125550164', field })
    const deciding = records.flatMap(({ timeline }) => timeline.filter((event) => event.decides))
    expect(deciding).toMatchObject([{ who: '+12125550164 02', value: expect.stringContaining('02') }])
  })

  async function undo(id: number) {
    await world.useCases.undoBackfill({ id, actor: world.actor, reason: 'test' })
    await world.push()
  }
})

/** A time as either CRM spells it: epoch milliseconds, or ISO. */
function dayOf(time: string): string {
  return new Date(/^\d+$/.test(time) ? Number(time) : time).toISOString().slice(0, 10)
}
