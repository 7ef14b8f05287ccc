import { expect, test } from 'vitest'
import { createApp } from '../../src/http/index.ts'
import { openCli } from '../cli/open-cli.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld()
const { run } = openCli(world)
world.hubspot.defineProperties([textField('plan_wanted')])
await world.useMapping(`
version: 1
crm: hubspot
connection: main
object: contacts
match: [{ number: { of: [from_or_to], in: [phone, mobilephone] } }]
import: { first_name: firstname, last_name: lastname }
fields: [{ from: plan, to: plan_wanted }]
`)
await ask(world, plan)
const nothing = () => undefined
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
const app = createApp({ ...world.useCases, log, sandbox: true, findMissing: async () => [] })
const { key } = await world.useCases.createKey({ name: 'ops', actor: world.actor })

async function request(method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const answer = await app.request(path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  return { status: answer.status, body: JSON.parse(await answer.text()) }
}

const number = '+12125550101'
const ids = ['call_1', 'call_2', 'call_3', 'call_4']
const ann = await addContact(world, { properties: { phone: number, firstname: 'Ann', lastname: 'Lee' } })
await addContact(world, {
  properties: { mobilephone: number, firstname: 'Bob', email: 'bob@example.com' },
  at: '2025-01-15T09:00:00Z',
})
await world.take(
  ...ids.map((id, place) => call({ id, at: `2026-04-1${place}T10:00:00Z`, number, turns: ['I want the Pro plan.'] })),
  call({ id: 'lonely', at: '2026-04-10T10:00:00Z', number: '+12125550102', turns: ['I want the Pro plan.'] }),
)
await world.rerun('call_1')

test('open matches are listed page by page, none twice and none left out', async () => {
  const seen: string[] = []
  for (let path = '/v1/matches?limit=2', pages = 0; path !== '' && pages < 9; pages++) {
    const { body } = await request('GET', path)
    seen.push(...body.items.map((item: { conversation_id: string }) => item.conversation_id))
    path = body.next_cursor === null ? '' : `/v1/matches?limit=2&cursor=${body.next_cursor}`
  }
  expect(seen.toSorted()).toEqual([...ids, 'lonely'])
  const parked = await request('GET', '/v1/matches?state=parked&connection=main&mapping=contacts')
  expect(parked.body.items).toHaveLength(4)
  expect(
    parked.body.items.find((item: { conversation_id: string }) => item.conversation_id === 'call_1'),
  ).toMatchObject({
    number,
    state: 'parked',
    step: 'number',
    waiting: 1,
    candidates: [
      { record: ann, name: 'Ann Lee', keys: [{ kind: 'number', property: 'phone', from: null }] },
      {
        name: null,
        emails: ['bob@example.com'],
        keys: [{ property: 'mobilephone', from: expect.any(String), to: null }],
      },
    ],
  })
})

test('what does not fit is said', async () => {
  expect(await request('GET', '/v1/matches?mapping=contact')).toMatchObject({
    status: 404,
    body: { error: { code: 'mapping.not_found', message: 'unknown mapping "contact"; did you mean "contacts"?' } },
  })
  expect(await request('GET', '/v1/matches?connection=mian')).toMatchObject({ status: 404 })
  expect(await request('GET', '/v1/matches?cursor=abc')).toMatchObject({
    status: 400,
    body: { error: { code: 'match.bad_page' } },
  })
  expect(await request('POST', '/v1/matches/resolve', { conversation_id: 'call_1', record: ann })).toMatchObject({
    status: 400,
  })
})

test('the command line shows who they may be, resolves them, and the contact says how they were matched', async () => {
  const { out } = await run('match', 'list', '--state', 'parked')
  expect(out).toContain(`call_1  call of 2026-04-10, ${number}`)
  expect(out).toContain(`→ ${ann}  Ann Lee`)
  expect(out).toMatch(/→ \d+ {2}bob@example.com/)
  expect(out).toContain('number in phone, as long as we know')
  expect(out).toContain(' --record ')
  expect((await run('match', 'list', '--state', 'none')).out).toContain('lonely')
  expect(JSON.parse((await run('match', 'list', '--json')).out).items).toHaveLength(5)

  expect(await run('match', 'resolve', 'call_1', '--reason', 'x')).toMatchObject({ code: 1 })
  expect((await run('match', 'resolve', 'call_1', '--record', ann)).err).toContain('--reason')
  const resolved = await run('match', 'resolve', 'call_1', '--record', ann, '--all-of-number', '--reason', 'her card')
  expect(resolved).toMatchObject({ code: 0, err: '' })
  const [, runId] = /^run (\d+): 4 conversations linked to /.exec(resolved.out) ?? []
  await world.push()
  expect(world.held(ann)).toMatchObject({ plan_wanted: 'Pro' })

  const moved = await request('POST', '/v1/matches/resolve', {
    conversation_id: 'call_2',
    record: null,
    reason: 'a child',
  })
  expect(moved).toMatchObject({ status: 200, body: { conversations: 1, mappings: ['contacts'], records: 1 } })
  const contact = await request('GET', `/v1/contacts/${encodeURIComponent(number)}`)
  expect(contact.body.matches).toEqual([
    { mapping: 'contacts', connection: 'main', state: 'matched', record: ann, step: 'person', conversations: 3 },
    { mapping: 'contacts', connection: 'main', state: 'none', record: null, step: 'person', conversations: 1 },
  ])
  const again = await run('match', 'resolve', 'call_1', '--record', ann, '--reason', 'again')
  expect(again.out).toContain('nothing to do')

  expect(await run('undo', String(runId))).toMatchObject({ code: 0 })
  expect((await run('match', 'list', '--state', 'parked', '--json')).out).toContain('"call_1"')
  expect((await run('match', 'list', '--state', 'parked', '--json')).out).not.toContain('"call_2"')
})
