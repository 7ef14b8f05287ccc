import { expect, test } from 'vitest'
import { readConversations } from '../../../src/conversations/index.ts'
import { transact } from '../../../src/db/index.ts'
import { activeMappings, linkConversations } from '../../../src/sync/index.ts'
import { call, chat } from '../../support/conversations.ts'
import { addContact } from '../../support/records.ts'
import { createWorld } from '../../support/world.ts'
import { linkOf, planMapping } from './links.ts'

const world = await createWorld()
await world.useMapping(planMapping)

/** Links these conversations again, as the next contribution would; returns the states it answers. */
async function linkAgain(...ids: string[]) {
  const [mapping] = await activeMappings(world.db)
  if (!mapping) throw new Error('there is no active mapping')
  return transact(world.db, async (trx) => {
    const conversations = await readConversations(trx, ids)
    const matches = await linkConversations(trx, mapping, [...conversations.values()])
    return ids.map((id) => matches.get(id)?.state)
  })
}

const longAgo = '2025-01-15T09:00:00Z'
const at = '2025-04-10T10:00:00Z'
const turns = ['I want the Pro plan.']

test('a conversation is linked when it is stored, by the number of either side and of either field', async () => {
  const id = await addContact(world, {
    properties: { phone: '(212) 555-0101', mobilephone: '+12125550102' },
    at: longAgo,
  })
  await world.take(
    call({ id: 'by_phone', at, number: '+12125550101', turns }),
    chat({ id: 'by_mobile', at, number: '+12125550102', turns }),
    call({ id: 'by_nobody', at, number: '+12125550103', turns }),
  )
  const matched = { state: 'matched', step: 'number', record: id }
  expect(await linkOf(world, 'by_phone')).toEqual(matched)
  expect(await linkOf(world, 'by_mobile')).toEqual(matched)
  expect(await linkOf(world, 'by_nobody')).toEqual({ state: 'none', step: null, record: null })
})

test('a link that was made stays, also when the number has another holder since', async () => {
  const first = await addContact(world, { properties: { phone: '+12125550111' }, at: longAgo })
  await world.take(call({ id: 'before', at, number: '+12125550111', turns }))
  world.hubspot.edit({ id: first, properties: { phone: '' }, as: 'person' })
  const second = await addContact(world, { properties: { phone: '+12125550111' } })
  expect(await linkAgain('before')).toEqual(['matched'])
  expect(await linkOf(world, 'before')).toMatchObject({ record: first })

  const now = new Date().toISOString()
  await world.take(call({ id: 'since', at: now, number: '+12125550111', turns }))
  expect(await linkOf(world, 'since')).toMatchObject({ state: 'matched', record: second })
})

test('a shared number parks, and is tried again until one of its holders lets go', async () => {
  const one = await addContact(world, { properties: { phone: '+12125550121' } })
  const other = await addContact(world, { properties: { mobilephone: '+12125550121' } })
  const now = new Date().toISOString()
  await world.take(call({ id: 'shared', at: now, number: '+12125550121', turns }))
  expect(await linkOf(world, 'shared')).toEqual({ state: 'parked', step: 'number', record: null })
  expect(await linkAgain('shared')).toEqual(['parked'])

  await world.db.deleteFrom('crm_records').where('external_id', '=', other).execute()
  expect(await linkAgain('shared')).toEqual(['matched'])
  expect(await linkOf(world, 'shared')).toMatchObject({ record: one })
})
