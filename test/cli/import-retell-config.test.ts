import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openAppOn } from '../http/open-app.ts'
import { createWorld } from '../support/world.ts'
import { openCli } from './open-cli.ts'

const world = await createWorld()
const { run } = openCli(world)
const { call } = await openAppOn(world)
const folder = await mkdtemp(path.join(tmpdir(), 'afterword-retell-config-'))
afterAll(() => rm(folder, { recursive: true }))
const file = path.join(folder, 'retell.json')

const text = `{
  "agents": [
    { "agent_id": "agent_r", "version": 4, "is_published": true, "agent_name": "Desk", "voice_id": "v",
      "post_call_analysis_data": [{ "type": "string", "name": "goal", "description": "What they want." }] }
  ],
  "crm_config": {
    "org_id": "org_x",
    "custom_fields": [
      { "name": "lead_status", "type": "enum", "options": ["new", "won"], "label": "Lead status" },
      { "name": "goal", "type": "string" },
      { "name": "empty", "type": "enum" },
      { "name": "goal", "type": "string" }
    ],
    "crm_analysis_data_mappings": [
      { "field_name": "lead_status", "analysis_data_name": "status", "update_mode": "fill_if_empty" },
      { "field_name": "goal", "analysis_data_name": "goal", "update_mode": "merge" },
      { "field_name": "phone_number", "analysis_data_name": "number", "update_mode": "overwrite" },
      { "field_name": "goal", "analysis_data_name": "aim", "update_mode": "overwrite" },
      { "field_name": "goal", "update_mode": "none" }
    ],
    "contact_tags": [{ "id": "0123456789abcdef0123456789abcdef", "label": "VIP" }]
  },
  "app": {
    "app_id": "app_1",
    "provider": "hubspot",
    "crm_config": {
      "inbound_sync_mappings": [
        { "field_name": "phone_number", "external_field_name": "phone" },
        { "field_name": "first_name", "external_field_name": "firstname" },
        { "field_name": "external_id", "external_field_name": "hs_object_id" }
      ],
      "outbound_sync_mappings": [
        { "field_name": "goal", "external_field_name": "known_goal" },
        { "field_name": "lead_status", "external_field_name": "hs_lead_status" },
        { "field_name": "last_name", "external_field_name": "lastname" },
        { "field_name": "lead_status", "external_field_name": "known_goal" }
      ],
      "sync_conversation_activity": true,
      "sync_new_contacts": true
    }
  }
}
`

const ownFile = `version: 1
crm: local
connection: local
object: contacts
custom_fields:
  - { name: lead_status, type: text, options: [new, won], label: Lead status }
  - { name: goal, type: text }
fields:
  - { from: status, to: lead_status, mode: fill_if_empty }
  - { from: goal, to: goal, mode: merge }
`

const hubspotFile = `version: 1
crm: hubspot
connection: main
object: contacts
write: false                 # everything runs up to the write; take this line away when the plans look right
match:
  - { number: { of: [from_or_to], in: [phone] } }
import: { first_name: firstname }
fields:
  - { from: goal, field: goal, to: known_goal, mode: merge }
  - { from: status, field: lead_status, to: hs_lead_status, mode: fill_if_empty }
activity: { calls: true, chats: true }
`

const places = [
  ':11:7  left out, crm_config.custom_fields.2: an enum names its values',
  ':12:7  left out, crm_config.custom_fields.3: "goal" is declared twice',
  ':17:7  left out, crm_config.crm_analysis_data_mappings.2: "phone_number" is taken',
  ':18:7  left out, crm_config.crm_analysis_data_mappings.3: "goal" is written by a mapping before',
  ':19:7  left out, crm_config.crm_analysis_data_mappings.4: ',
  ':21:21  left out, crm_config.contact_tags: no mapping file says this',
  ':30:9  left out, app.crm_config.inbound_sync_mappings.2: names that start with contact or external are taken',
  ':35:9  left out, app.crm_config.outbound_sync_mappings.2: no analysis is mapped to "last_name"',
  ':36:9  left out, app.crm_config.outbound_sync_mappings.3: "known_goal" is written by a mapping before',
  ':39:28  left out, app.crm_config.sync_new_contacts: write "missing: ',
]

test('agents are taken over, the configuration becomes mapping files, and what these cannot say is told by line', async () => {
  await writeFile(file, text)
  const { code, out, err } = await run('import', 'retell-config', file, '--out', folder)
  expect(code).toBe(0)
  expect(out).toContain('1 agents, 1 of them new or changed')
  expect(await readFile(path.join(folder, 'local.yaml'), 'utf8')).toBe(ownFile)
  expect(await readFile(path.join(folder, 'hubspot.yaml'), 'utf8')).toBe(hubspotFile)
  expect(err.split('\n').toSorted()).toEqual(places.map((place) => expect.stringContaining(file + place)).toSorted())
  expect(await world.useCases.getAgent('agent_r', 4)).toMatchObject({
    publishedAt: expect.any(Date),
    raw: { voice_id: 'v' },
    config: { items: expect.arrayContaining([expect.objectContaining({ name: 'goal' })]) },
  })
  await world.useMapping(ownFile, hubspotFile)
  const again = await run('import', 'retell-config', file, '--out', folder)
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('is there already: another --out')])
  const printed = await run('import', 'retell-config', file, '--connection', 'other')
  expect(printed.out).toContain('1 agents, 0 of them new or changed')
  expect(printed.out).toContain(hubspotFile.trimEnd().replace('main', 'other'))
})

test('the same over HTTP', async () => {
  const answer = await call('POST', '/v1/import/retell-config?connection=main', JSON.parse(text))
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    agents: [{ agent_id: 'agent_r', version: 4, stored: 'unchanged' }],
    files: [
      { name: 'local.yaml', text: ownFile },
      { name: 'hubspot.yaml', text: hubspotFile },
    ],
    left_out: expect.arrayContaining([{ at: 'crm_config.custom_fields.2', message: 'an enum names its values' }]),
  })
})

test.each([
  ['{ "agents": [', 1, /retell\.json:1/],
  ['{ "agents": [{ "agent_id": "a" }] }', 1, /agents\.0\.version/],
  ['{ "app": { "provider": "zoho" } }', 0, /retell\.json:1:24 {2}left out, app\.provider: there is no CRM "zoho"/],
])('%s ends with %i and says where', async (wrong, code, message) => {
  await writeFile(file, wrong)
  const ran = await run('import', 'retell-config', file)
  expect(ran.code).toBe(code)
  expect(ran.err).toMatch(message)
})
