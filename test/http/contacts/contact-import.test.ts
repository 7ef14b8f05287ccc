import { afterAll, describe, expect, test } from 'vitest'
import { call } from '../../support/conversations.ts'
import { ask, plan } from '../../support/items.ts'
import { ownMapping, wants } from '../../support/own-contacts.ts'
import { createWorld } from '../../support/world.ts'
import { openImporting, usual } from './importing.ts'
import { openContacts } from './open-contacts.ts'

const world = await createWorld()
const { db, useCases, actor } = world
await ask(world, plan)
await world.useMapping(`${ownMapping}  - { from: vip, to: vip, mode: any }\n`)
const opened = await openContacts(world, afterAll)
const { retell, refusal } = opened
const { contact } = retell
const { importFile } = openImporting(world, opened)

const held = async (number: string) => {
  const { first_name, last_name, custom_fields, tags, do_not_call } = await contact.getByPhone(number)
  return { first_name, last_name, custom_fields, tags, do_not_call }
}

test('before any import there is none', async () => {
  expect(await contact.getImport()).toEqual({ status: 'idle' })
})

describe('a file of a spreadsheet', () => {
  test('new contacts and edits of old ones, by number in any format; cells that are empty say nothing', async () => {
    await contact.create({
      phone_number: '+12125550100',
      first_name: 'Old',
      tags: ['kept'],
      custom_fields: { plan_wanted: 'Pro' },
    })
    const rows = [
      'Phone,First,Budget,VIP',
      '(212) 555-0100,Ada,,yes',
      '+44 20 7946 0958,"Zoë ""Z""",900,0',
      '2125550101,,12.5,',
    ]
    const text = `\uFEFF${rows.join('\r\n')}\r\n`
    const tags = { tags: ['Fair', 'kept'] }
    expect(await importFile(text, [...usual, ['vip', 'VIP']], tags)).toEqual({ succeeded: 3, failed: 0, problems: [] })
    const flag = { do_not_call: false }
    expect(await held('+12125550100')).toEqual({
      first_name: 'Ada',
      tags: ['kept', 'Fair'],
      custom_fields: { plan_wanted: 'Pro', vip: true },
      ...flag,
    })
    expect(await held('+442079460958')).toEqual({
      first_name: 'Zoë "Z"',
      tags: ['kept', 'Fair'],
      custom_fields: { highest_budget: 900, vip: false },
      ...flag,
    })
    expect(await held('+12125550101')).toEqual({
      tags: ['kept', 'Fair'],
      custom_fields: { highest_budget: 12.5 },
      ...flag,
    })
    const by = db.selectFrom('contact_changes').select(['author', 'actor']).distinct()
    expect(await by.execute()).toEqual([{ author: 'person', actor: 'key:tester' }])
    const before = db.selectFrom('contact_changes').select((eb) => eb.fn.countAll().as('count'))
    const { count } = await before.executeTakeFirstOrThrow()
    // The same once more changes nothing.
    expect(await importFile(text, [...usual, ['vip', 'VIP']], tags)).toMatchObject({ succeeded: 3 })
    expect(await before.executeTakeFirstOrThrow()).toEqual({ count })
  })

  test('semicolons, tabs, line ends of old, line breaks in cells, quotes in the middle, short and long rows', async () => {
    const semicolons =
      'Phone;First;Budget\n+12125550110;"Ann; the ""first"""\n\n;\n+12125550111;5" pipe;7;more\n+12125550112;"two\nlines";\n'
    expect(await importFile(semicolons, usual)).toMatchObject({ succeeded: 3, failed: 1 })
    expect(await held('+12125550110')).toMatchObject({ first_name: 'Ann; the "first"' })
    expect(await held('+12125550111')).toMatchObject({ first_name: '5" pipe', custom_fields: { highest_budget: 7 } })
    expect(await held('+12125550112')).toMatchObject({ first_name: 'two\nlines' })
    expect(await importFile('Phone\tFirst\tBudget\r+12125550113\tTab\t1\r', usual)).toMatchObject({ succeeded: 1 })
    expect(await held('+12125550113')).toMatchObject({ first_name: 'Tab' })
  })

  test('formulas are text; what guards text in spreadsheets is not', async () => {
    const rows = ['Phone,First,Last', `"=""+12125550120""",'=1+1,=cmd|' /C calc'!A0`, "'+12125550121,O'Brien,'Quoted'"]
    const pairs: [string, string][] = [
      ['phone_number', 'Phone'],
      ['first_name', 'First'],
      ['last_name', 'Last'],
    ]
    expect(await importFile(rows.join('\n'), pairs)).toMatchObject({ succeeded: 2, failed: 0 })
    expect(await held('+12125550120')).toMatchObject({ first_name: '=1+1', last_name: "=cmd|' /C calc'!A0" })
    expect(await held('+12125550121')).toMatchObject({ first_name: "O'Brien", last_name: "'Quoted'" })
  })

  test('rows that cannot be are counted, with line and column and nothing of theirs; the others go on', async () => {
    const rows = [
      'Phone,First,Budget',
      'call me,A,1',
      '1.21256E+10,B,1',
      '+12125550130,C,much',
      ',D,1',
      '+12125550131,E,2',
      '+12125550131,F,3',
      '+12125550132,"open,1',
      '+12125550133,G,1',
    ]
    expect(await importFile(rows.join('\n'), usual)).toEqual({
      succeeded: 2,
      failed: 5,
      problems: [
        { line: 2, message: 'phone_number: no number can be read' },
        { line: 3, message: 'phone_number: no number can be read' },
        { line: 4, message: 'highest_budget: not a number' },
        { line: 5, message: 'phone_number: no number can be read' },
        { line: 9, message: 'the row cannot be read: look at its quotes' },
      ],
    })
    // Of one number the last row counts.
    expect(await held('+12125550131')).toMatchObject({ first_name: 'F', custom_fields: { highest_budget: 3 } })
    expect(await refusal(contact.getByPhone('+12125550130'))).toMatchObject([404, expect.any(String)])
  })

  test('numbers without a country are those of default_country', async () => {
    const text = 'Phone,First,Budget\n030 901820,Berta,\n'
    expect(await importFile(text, usual)).toMatchObject({ succeeded: 0, failed: 1 })
    expect(await importFile(text, usual, { default_country: 'de' })).toMatchObject({ succeeded: 1 })
    expect(await held('+4930901820')).toMatchObject({ first_name: 'Berta' })
  })
})

test('what a file sets is an edit by a person: rules decide again, and an older word does not win', async () => {
  const number = '+12125550140'
  await world.take(call({ id: 'said', at: '2025-04-01T10:00:00Z', number, turns: wants('Pro', 900) }))
  await world.rerun('said')
  expect(await held(number)).toMatchObject({ custom_fields: { plan_wanted: 'Pro' } })
  await importFile(`Phone,Plan\n${number},Basic\n`, [
    ['phone_number', 'Phone'],
    ['plan_wanted', 'Plan'],
  ])
  await world.push()
  await world.rerun('said')
  expect(await held(number)).toMatchObject({ custom_fields: { plan_wanted: 'Basic' } })
})

test('nobody who was erased is brought back', async () => {
  const number = '+12125550150'
  await contact.create({ phone_number: number, first_name: 'Gone' })
  await useCases.eraseContact({ contact: number, actor, reason: 'asked' })
  expect(await refusal(contact.create({ phone_number: number }))).toEqual([400, expect.stringContaining('was erased')])
  const done = await importFile(`Phone,First,Budget\n${number},Back,\n+12125550151,Other,\n`, usual)
  expect(done).toEqual({ succeeded: 1, failed: 1, problems: [{ line: 2, message: 'the person was erased' }] })
  expect(await refusal(contact.getByPhone(number))).toMatchObject([404, expect.any(String)])
})
