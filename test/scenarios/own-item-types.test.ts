import { describe, expect, test } from 'vitest'
import { kinds } from '../support/accounts/account.ts'
import { backfill } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { addContact, datetimeField, textField } from '../support/records.ts'
import { createWorldOn } from '../support/world.ts'

const number = '+12125550177'
const roomsThereAre = ['kitchen', 'bath', 'hall']

describe.each(kinds)('on %s', async (kind) => {
  const world = await createWorldOn([kind])
  world.account.defineProperties([
    { name: 'moves_on', type: 'date', fieldType: 'date' },
    datetimeField('visit_at'),
    {
      name: 'rooms',
      type: 'enumeration',
      fieldType: 'checkbox',
      options: roomsThereAre.map((value) => ({ value })),
    },
    textField('hobbies'),
  ])
  await ask(
    world,
    { type: 'date', name: 'moves', description: 'The day the customer moves.' },
    { type: 'datetime', name: 'visit', description: 'When the visit is.' },
    { type: 'list', name: 'rooms', description: 'The rooms to be painted.', choices: roomsThereAre },
    { type: 'list', name: 'hobbies', description: 'The hobbies of the customer.' },
  )
  await useRules(
    world,
    { from: 'moves', to: 'moves_on', mode: 'max' },
    { from: 'visit', to: 'visit_at' },
    { from: 'rooms', to: 'rooms', mode: 'union' },
    { from: 'hobbies', to: 'hobbies' },
  )

  test('days, times and lists reach fields of their own kind', async () => {
    const id = await addContact(world, { properties: { phone: number }, at: '2024-12-01T09:00:00Z' })
    const said = (month: string, ...turns: string[]) =>
      world.take(call({ id: month, at: `2025-${month}-10T10:00:00Z`, number, turns }))
    await said('01', 'I move on March 5, 2026. Please paint the hall and the kitchen.', 'Good.', 'Bye.')
    await said(
      '02',
      'I move on 2026-02-01 now. The visit is on 2026-01-20 at 3 pm. Please paint the bath.',
      'Good.',
      'My hobbies are chess, green tea and running.',
    )
    // The later word first: what a field holds does not depend on the order of the runs.
    await backfill(world, '02')
    await backfill(world, '01')
    const { moves_on, visit_at, rooms, hobbies } = world.held(id)
    expect({ moves_on, rooms: rooms?.split(';').toSorted(), hobbies }).toEqual({
      moves_on: '2026-03-05',
      rooms: roomsThereAre.toSorted(),
      hobbies: 'chess, green tea, running',
    })
    expect(new Date(visit_at ?? '').toISOString()).toBe('2026-01-20T15:00:00.000Z')

    const before = world.account.count('write').rows
    await backfill(world, '01', '02')
    expect(world.account.count('write').rows).toBe(before)
  })
})
