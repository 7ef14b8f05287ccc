import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CRMUpdateConfigParams } from 'retell-sdk/resources/crm'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { ask } from '../../support/items.ts'
import { budget } from '../../support/own-contacts.ts'
import { textField } from '../../support/records.ts'
import { openRetell } from './open-retell.ts'

const folder = await mkdtemp(join(tmpdir(), 'afterword-crm-config-'))
afterAll(() => rm(folder, { recursive: true }))
const own = join(folder, 'own.yaml')

const { client, db, world } = await openRetell(afterAll, { settings: { AFTERWORD_MAPPINGS: folder } })
world.hubspot.defineProperties([textField('last_summary')])
await ask(world, budget)

const ownText = `version: 1 # ours
crm: local
connection: local
object: contacts
fields:
  # what people want
  - { from: needs, to: needs, mode: merge, instructions: Short. }
  - { from: budget, to: budget, mode: max } # the highest
  - { from: mood, to: mood, options: [good, bad] }
`

const hubspotText = `version: 1
crm: hubspot
connection: main
object: contacts
match: [{ number: { of: [from_or_to], in: [phone] } }]
import: { first_name: firstname }
fields: [{ from: call_summary, field: summary, to: last_summary }]
activity: { calls: true }
`

beforeEach(async () => {
  await rm(own, { force: true })
  await rm(join(folder, 'local.yaml'), { force: true })
  await writeFile(join(folder, 'contacts.yaml'), hubspotText)
})

const update = (body: object) => client.crm.updateConfig(body as CRMUpdateConfigParams)
const refused = (status: number, message: RegExp) => ({
  status,
  error: { status: 'error', message: expect.stringMatching(message) },
})

test('without a file for our contacts nothing is configured, and the first field makes one', async () => {
  await update({})
  expect(await client.crm.getConfig()).toEqual({
    org_id: 'org_afterword',
    app_id: 'main',
    custom_fields: [],
    crm_analysis_data_mappings: [],
    contact_tags: [],
    contact_memory_update_prompt: null,
    default_contact_memory_update_prompt: '',
  })
  const fields = [
    { name: 'lead_status', type: 'enum', options: ['new', 'won'], label: 'Lead status', description: 'How far it is' },
    { name: 'visits', type: 'number' },
  ]
  const mappings = [
    { field_name: 'lead_status', analysis_data_name: 'status', update_mode: 'fill_if_empty' },
    { field_name: 'first_name', analysis_data_name: 'caller_name', update_mode: 'overwrite' },
  ]
  const config = { custom_fields: fields, crm_analysis_data_mappings: mappings, contact_columns_order: ['visits'] }
  expect(await update(config)).toMatchObject(config)
  expect(await client.crm.getConfig()).toMatchObject(config)
  expect(await readFile(join(folder, 'local.yaml'), 'utf8')).toBe(`version: 1
crm: local
connection: local
object: contacts
custom_fields: [{ name: lead_status, type: text, options: [new, won], label: Lead status, description: How far it is }, { name: visits, type: number }]
fields: [{ from: status, to: lead_status, mode: fill_if_empty }, { from: caller_name, to: first_name }]
`)
  const entries = await db.selectFrom('audit_entries').select(['actor', 'action', 'subject_id']).orderBy('id').execute()
  expect(entries).toContainEqual({ actor: 'key:tester', action: 'mapping.activated', subject_id: 'local.yaml' })
  expect(entries).toContainEqual({ actor: 'key:tester', action: 'crm_config.changed', subject_id: 'crm_config' })
  // In force at once, and with their types.
  const [local] = [...world.crms.values()].filter((crm) => crm.isOurs)
  expect(await local?.describe('contacts')).toContainEqual(
    expect.objectContaining({ name: 'lead_status', label: 'Lead status', kind: 'choice', options: ['new', 'won'] }),
  )
  await update(config)
  expect(await db.selectFrom('audit_entries').select('id').execute()).toHaveLength(entries.length)
})

test('a file is edited line by line; what the words cannot tell stays, and so do comments', async () => {
  await writeFile(own, ownText)
  expect(await update({})).toMatchObject({
    custom_fields: [
      { name: 'needs', type: 'string' },
      { name: 'budget', type: 'number' },
      { name: 'mood', type: 'enum', options: ['good', 'bad'] },
    ],
    crm_analysis_data_mappings: [
      { field_name: 'needs', analysis_data_name: 'needs', update_mode: 'merge' },
      { field_name: 'mood', analysis_data_name: 'mood', update_mode: 'overwrite' },
    ],
  })
  const before = await client.crm.getConfig()
  await update({ custom_fields: before.custom_fields, crm_analysis_data_mappings: before.crm_analysis_data_mappings })
  expect(await readFile(own, 'utf8')).toBe(ownText)

  await update({
    custom_fields: [
      { name: 'needs', type: 'string' },
      { name: 'budget', type: 'number' },
      { name: 'mood', type: 'enum', options: ['good', 'bad', 'mixed'] },
      { name: 'goal', type: 'string' },
    ],
    crm_analysis_data_mappings: [
      { field_name: 'mood', analysis_data_name: 'feeling', update_mode: 'fill_if_empty' },
      { field_name: 'goal', analysis_data_name: 'goal', update_mode: 'merge' },
      { field_name: 'do_not_call', analysis_data_name: 'opt_out', update_mode: 'overwrite' },
    ],
  })
  expect(await readFile(own, 'utf8')).toBe(`version: 1 # ours
crm: local
connection: local
object: contacts
custom_fields: [{ name: mood, type: text, options: [good, bad, mixed] }, { name: goal, type: text }]
fields:
  # what people want
  - { from: budget, to: budget, mode: max } # the highest
  - { from: feeling, to: mood, mode: fill_if_empty }
  - { from: goal, to: goal, mode: merge }
  - { from: opt_out, to: do_not_call }
`)
  await update({ custom_fields: [{ name: 'budget', type: 'number' }], crm_analysis_data_mappings: [] })
  expect(await readFile(own, 'utf8')).toBe(`version: 1 # ours
crm: local
connection: local
object: contacts
custom_fields: []
fields:
  # what people want
  - { from: budget, to: budget, mode: max } # the highest
`)
})

const field = (name: string, rest: object = {}) => ({ custom_fields: [{ name, type: 'string', ...rest }] })
const mapped = (field_name: string, update_mode = 'overwrite') => ({
  crm_analysis_data_mappings: [{ field_name, analysis_data_name: 'x', update_mode }],
})

test.each([
  ['a name that is no word', field('Lead Status'), /custom_fields\.0\.name: expected a word/],
  ['a built-in name', field('first_name'), /custom_fields\.0\.name: "first_name" is a field that every contact has/],
  ['the number', field('phone_number'), /custom_fields\.0\.name/],
  ['names that are taken', field('contact_time'), /contact or external/],
  ['the other of them', field('external_key'), /contact or external/],
  ['an enum without values', field('stage', { type: 'enum' }), /custom_fields\.0\.options/],
  ['a type that is none', field('stage', { type: 'list' }), /custom_fields\.0\.type/],
  ['a name twice', { custom_fields: [...field('a').custom_fields, ...field('a').custom_fields] }, /declared twice/],
  [
    '201 fields',
    { custom_fields: Array.from({ length: 201 }, (_, n) => ({ name: `f_${n}`, type: 'string' })) },
    /custom_fields: /,
  ],
  [
    'a mapping of nothing',
    mapped('nothing'),
    /crm_analysis_data_mappings\.0\.field_name: there is no contact field "nothing"/,
  ],
  ['a mapping of the number', mapped('phone_number'), /cannot be mapped/],
  ['a mode that is none', mapped('needs', 'max'), /crm_analysis_data_mappings\.0\.update_mode/],
  ['a merge into a number', mapped('budget', 'merge'), /merge is for string fields; "budget" is number/],
  [
    'a field that is mapped',
    field('budget', { type: 'number' }),
    /"needs" cannot go while crm_analysis_data_mappings targets it/,
  ],
  [
    'a field that another rule writes',
    { ...field('needs'), ...mapped('needs') },
    /"budget" cannot go while .*own\.yaml:8 targets it/,
  ],
  [
    'a field twice',
    { crm_analysis_data_mappings: [mapped('mood'), mapped('mood')].flatMap((each) => each.crm_analysis_data_mappings) },
    /is mapped at 0 already/,
  ],
  [
    'a type that a merge cannot have',
    {
      custom_fields: [
        { name: 'needs', type: 'number' },
        { name: 'budget', type: 'number' },
        { name: 'mood', type: 'string' },
      ],
    },
    /merge is for string fields; "needs" is number/,
  ],
  ['instructions without a merge', mapped('needs'), /own\.yaml:7.*"instructions" is for mode: merge/],
  ['201 columns', { contact_columns_order: Array.from({ length: 201 }, String) }, /contact_columns_order/],
  ['a long prompt', { contact_memory_update_prompt: 'x'.repeat(2_001) }, /contact_memory_update_prompt/],
])('%s is 400 with its place, and nothing is changed', async (_what, body, message) => {
  await writeFile(own, ownText)
  await expect(update(body)).rejects.toMatchObject(refused(400, message))
  expect(await readFile(own, 'utf8')).toBe(ownText)
})

test('what a file or its folder decides is 409 with the file', async () => {
  await writeFile(own, ownText)
  await update({ app_id: 'main' })
  await expect(update({ app_id: null })).rejects.toMatchObject(refused(409, /contacts\.yaml.*write: false/))
  await expect(update({ app_id: 'local' })).rejects.toMatchObject(refused(404, /there is no app local/))
  // Where the editor puts its text before it takes the file's place.
  const inTheWay = join(folder, `.own.yaml.${process.pid}.tmp`)
  await mkdir(inTheWay)
  const fields = (await client.crm.getConfig()).custom_fields ?? []
  const more = { custom_fields: [...fields, { name: 'goal', type: 'string' }] }
  await expect(update(more)).rejects.toMatchObject(refused(409, /own\.yaml is left as it is, edit it by hand/))
  await rm(inTheWay, { recursive: true })
  await writeFile(own, `${ownText}  - { from: x }\n`)
  await expect(update(more)).rejects.toMatchObject(refused(409, /own\.yaml:10/))
  await writeFile(own, ownText)
  await update(more)
})

test('updates at once lose nothing', async () => {
  await writeFile(own, ownText)
  const kept = (await update({})).custom_fields ?? []
  const first = update({ custom_fields: [...kept, { name: 'goal', type: 'string' }] })
  const second = update({ contact_columns_order: ['mood'], ...mapped('last_name') })
  await Promise.all([first, second])
  expect(await client.crm.getConfig()).toMatchObject({
    custom_fields: expect.arrayContaining([{ name: 'goal', type: 'string' }]),
    crm_analysis_data_mappings: [{ field_name: 'last_name', analysis_data_name: 'x' }],
    contact_columns_order: ['mood'],
  })
})
