import { beforeAll, describe, expect, test } from 'vitest'
import type { Filter } from '../../src/filters/index.ts'
import { planOf } from '../support/backfills.ts'
import { call, chat } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { addContact } from '../support/records.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
const { db, useCases, actor } = world

const mapping = (field: string) => `
version: 1
crm: hubspot
connection: main
object: contacts
match: [{ number: { of: [from_or_to, metadata.phone_number], in: [phone] } }]
fields: [{ from: plan, to: ${field} }]
`
const ann = '+12125550101'
const bo = '+12125550102'
const shared = '+12125550103'
const wanted = ['I want the Pro plan.']

beforeAll(async () => {
  await world.useMapping(mapping('plan_wanted'))
  await ask(world, plan)
  for (const phone of [ann, shared, shared])
    await addContact(world, { properties: { phone }, at: '2025-01-01T00:00:00Z' })
  await world.take(
    call({ id: 'ann_2', at: '2025-04-02T10:00:00Z', number: ann, turns: wanted }),
    call({ id: 'bo_1', at: '2025-04-03T10:00:00Z', number: bo, turns: wanted }),
    chat({ id: 'ann_1', at: '2025-04-01T10:00:00Z', number: ann, turns: wanted }),
    call({ id: 'shared_1', at: '2025-04-04T10:00:00Z', number: shared, turns: wanted }),
    call({ id: 'empty', at: '2025-04-05T10:00:00Z', turns: [] }),
  )
})

async function itemsOf(backfillId: number) {
  const items = db.selectFrom('backfill_items').select('conversation_id').where('backfill_id', '=', backfillId)
  return (await items.orderBy('seq').execute()).map((item) => item.conversation_id)
}

/** How many rows each of these tables has: a plan that fails leaves none behind. */
function rowCounts() {
  const tables = ['backfills', 'backfill_items', 'runs', 'audit_entries', 'analysis_configs'] as const
  return Promise.all(
    tables.map(async (table) => {
      const count = db.selectFrom(table).select((eb) => eb.fn.countAll<number>().as('rows'))
      return [table, (await count.executeTakeFirstOrThrow()).rows]
    }),
  )
}

describe('a plan', () => {
  test('takes the contacts one after another, the conversations of each as they took place', async () => {
    const items = await itemsOf(await planOf(world))
    expect(items.toSorted()).toEqual(['ann_1', 'ann_2', 'bo_1', 'empty', 'shared_1'])
    expect(items.indexOf('ann_2')).toBe(items.indexOf('ann_1') + 1)
  })

  test('counts what it will come to, and starts no run', async () => {
    const [backfill] = await useCases.listBackfills()
    expect(backfill).toMatchObject({ state: 'planned', runId: null, actor: 'cli:test', reason: 'test', concurrency: 1 })
    expect(backfill?.estimate).toMatchObject({
      conversations: 5,
      contacts: 4,
      cached: 0,
      skipped: 1,
      modelCalls: 4,
      records: { contacts: { matched: 2, none: 2, parked: 1, fields: ['plan_wanted'] } },
    })
    expect(world.models.admin.state().requests).toBe(0)
    expect(await db.selectFrom('runs').select('id').where('kind', '=', 'backfill').execute()).toEqual([])
  })

  test('expects what is analysed already, by the same config, from the cache', async () => {
    await world.rerun('ann_1')
    const id = await planOf(world, 'ann_1', 'ann_2')
    const { backfill } = await useCases.backfillStatus(id)
    expect(backfill.estimate).toMatchObject({ conversations: 2, cached: 1, modelCalls: 1 })
  })

  test('freezes selection, configs and mapping files: what is edited later changes none of them', async () => {
    const id = await planOf(world)
    const { backfill: planned } = await useCases.backfillStatus(id)
    const items = await itemsOf(id)
    await ask(world, plan, goal(3))
    await world.useMapping(mapping('wanted_plan'))
    await world.take(call({ id: 'later', at: '2025-04-06T10:00:00Z', number: ann, turns: wanted }))
    expect((await useCases.backfillStatus(id)).backfill).toEqual(planned)
    expect(await itemsOf(id)).toEqual(items)

    expect(Object.keys(planned.frozen.mappings)).toEqual(['contacts.yaml'])
    expect(planned.frozen.configs).toEqual({
      agent_1: { version: 0, isDraft: true, hash: expect.any(String) },
      chat_agent_1: { version: 0, isDraft: true, hash: expect.any(String) },
    })
    const hashes = Object.values(planned.frozen.configs).map((config) => config.hash)
    const stored = await db.selectFrom('analysis_configs').select('config').where('hash', 'in', hashes).execute()
    expect(stored).toHaveLength(2)
    expect(JSON.stringify(stored)).not.toContain('goal')

    await expect(useCases.startBackfill({ id, actor })).rejects.toMatchObject({
      code: 'backfill.plan_changed',
      status: 409,
      facts: {
        changes: [
          'config of agent_1 (version 0 then, 0 now)',
          'config of chat_agent_1 (version 0 then, 0 now)',
          'mapping file contacts.yaml (plan_wanted removed, wanted_plan added)',
        ],
      },
    })
    expect((await useCases.backfillStatus(id)).backfill.state).toBe('planned')
  })

  test('over nothing is refused, says what it looked for, and leaves nothing behind', async () => {
    const filter: Filter = {
      kind: 'any',
      conditions: [{ field: 'conversation_id', test: { type: 'enum', op: 'in', value: ['no "such" one'] } }],
    }
    const before = await rowCounts()
    await expect(useCases.planBackfill({ filter, actor, reason: 'test' })).rejects.toMatchObject({
      code: 'backfill.empty',
      status: 422,
      message: expect.stringContaining('no \\"such\\" one'),
    })
    expect(await rowCounts()).toEqual(before)
  })
})
