import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { textField } from '../../support/records.ts'
import { openRetell } from './open-retell.ts'
import { driversOf } from './openapi-drivers.ts'
import { holdAgainst, holdingFetch, operations, type Seen } from './openapi-file.ts'

const folder = await mkdtemp(join(tmpdir(), 'afterword-openapi-'))
afterAll(() => rm(folder, { recursive: true }))

const seen: Seen[] = []
const { app, client, call, world } = await openRetell(afterAll, {
  settings: { AFTERWORD_MAPPINGS: folder },
  fetch: holdingFetch(seen),
})
world.hubspot.defineProperties([textField('last_summary')])
await client.crm.updateConfig({
  custom_fields: [{ name: 'lead_status', type: 'string' }],
  crm_analysis_data_mappings: [
    { field_name: 'lead_status', analysis_data_name: 'call_summary', update_mode: 'overwrite' },
  ],
})

const number = '+12125550170'
const said = [
  { role: 'agent', content: 'Welcome!' },
  { role: 'user', content: 'Please call me tomorrow.' },
]
await world.take(
  {
    call_id: 'call_1',
    call_type: 'phone_call',
    agent_id: 'agent_calls',
    agent_version: 0,
    call_status: 'ended',
    direction: 'inbound',
    from_number: number,
    to_number: '+12125550100',
    start_timestamp: 1_767_225_600_000,
    end_timestamp: 1_767_225_660_000,
    transcript_object: said,
  },
  { chat_id: 'chat_1', agent_id: 'agent_chats', chat_status: 'ended', message_with_tool_calls: said },
)
await world.useMapping(
  `
version: 1
crm: hubspot
connection: main
object: contacts
match: [{ number: { of: [from_or_to], in: [phone] } }]
fields: [{ from: call_summary, to: last_summary }]
`,
  'version: 1\ncrm: local\nconnection: local\nobject: contacts\nfields: [{ from: call_summary, to: lead_status }]',
)

const drivers = driversOf(client, number)

/** What we answer 501, and why. */
const notServed: Record<string, string> = {
  createApp: 'connections are set up in the environment',
  updateApp: 'connections are set up in the environment',
  deleteApp: 'connections are set up in the environment',
  listAppUsages: 'mapping files say what uses a connection',
  testAppAuth: 'afterword crm doctor asks a CRM whether it lets us in',
}

describe('the file of the source product', () => {
  test('every operation of it is driven here, or has a reason why not', () => {
    const named = [...Object.keys(drivers), ...Object.keys(notServed)].toSorted()
    expect(operations.map(({ id }) => id).toSorted()).toEqual(named)
  })

  test.each(operations.filter(({ id }) => id in notServed))(
    '$id answers 501 and says why',
    async ({ method, path }) => {
      const answer = await call(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'main'))
      expect(answer.status).toBe(501)
      expect(await answer.json()).toEqual({ status: 'error', message: expect.stringContaining('is not served here') })
    },
  )

  test.for(operations.filter(({ id }) => id in drivers))('$id keeps to it', async (operation) => {
    seen.length = 0
    await drivers[operation.id]?.()
    expect(
      seen.flatMap(({ id, status, problems }) => problems.map((problem) => `${id} ${status}: ${problem}`)),
    ).toEqual([])
    // What was meant was asked, and taken.
    const taken = seen.filter(({ id, status }) => id === operation.id && status < 400)
    expect(taken.length).toBeGreaterThan(0)
    expect(operation.statuses).toContain(String(taken[0]?.status))
  })

  test.for(operations.filter(({ id }) => id in drivers))(
    '$id answers 401 without a key, as it says',
    async (operation) => {
      const path = operation.path.replaceAll(/\{\w+\}/g, 'x')
      const answer = await app.request(`http://afterword.test${path}`, { method: operation.method.toUpperCase() })
      const got = { status: answer.status, text: await answer.text() }
      expect(got.status).toBe(401)
      expect(
        holdAgainst({ method: operation.method, url: `http://afterword.test${path}`, body: undefined }, got)?.problems,
      ).toEqual([])
    },
  )

  test('what does not keep to it is told', () => {
    const hold = (status: number, body: object) =>
      holdAgainst(
        { method: 'GET', url: 'http://x/get-crm-config', body: undefined },
        { status, text: JSON.stringify(body) },
      )?.problems.join()
    const config = { org_id: 'o', contact_memory_update_prompt: null, default_contact_memory_update_prompt: '' }
    expect(hold(200, config)).toBe('')
    expect(hold(200, { ...config, org_id: null })).toContain('org_id must be string')
    expect(hold(200, { ...config, default_contact_memory_update_prompt: null })).toContain('must be string')
    expect(hold(200, {})).toContain("must have required property 'org_id'")
    expect(hold(409, { status: 'error', message: 'x' })).toContain('409 is none of')
    expect(hold(401, { status: 'wrong' })).toContain('status must be equal to one of the allowed values')
    const sent = {
      method: 'POST',
      url: 'http://x/v3/list-calls',
      body: JSON.stringify({ skip: 1, pagination_key: 'x' }),
    }
    expect(holdAgainst(sent, { status: 200, text: '{"has_more":false,"items":[]}' })?.problems.join()).toContain(
      'request: ',
    )
  })
})
