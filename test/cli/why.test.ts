import { expect, test } from 'vitest'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorld } from '../support/world.ts'
import { openCli } from './open-cli.ts'

const world = await createWorld()
const { run } = openCli(world)
world.hubspot.defineProperties([textField('plan_wanted')])
await world.useMapping(`
version: 1
crm: hubspot
connection: main
object: contacts
match: [{ number: { of: [from_or_to], in: [phone] } }]
fields:
  - { from: plan, to: plan_wanted, values: { Basic: basic, Pro: pro, Team: team }, human_edits: keep }
`)
await ask(world, plan)

const number = '+12125550101'

/** Everything a JSON answer tells, leaf by leaf, but for what is only about its shape. */
function leavesOf(value: unknown, path = ''): { path: string; text: string }[] {
  if (Array.isArray(value)) return value.flatMap((each) => leavesOf(each, path))
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, `${path}.${key}`))
  return [{ path, text: String(value) }]
}

test('people read what JSON says, in 100 columns', async () => {
  const id = await addContact(world, {
    properties: { phone: number, plan_wanted: 'typed' },
    at: '2025-01-15T09:00:00Z',
  })
  const long = 'and so on, '.repeat(40).trim()
  const turns = ['Hello \u001b[31m"there" 👋', `How can I help you today? ${long}`, 'I want the Pro plan.', 'Good.']
  await world.take(
    call({ id: 'call_2', at: '2025-04-10T10:00:00Z', number, turns: ['Nothing.'] }),
    call({ id: 'call_3', at: '2025-05-10T10:00:00Z', number, turns }),
    call({ id: 'call_4', at: '2025-06-10T10:00:00Z', number, turns: ['I am not sure.'] }),
  )
  await world.rerun('call_3')
  world.hubspot.edit({ id, properties: { plan_wanted: 'by hand' }, as: 'person' })
  await world.rerun('call_3')

  const human = await run('why', number, 'plan_wanted', '--live')
  const { out } = await run('why', number, 'plan_wanted', '--live', '--json')
  const json = JSON.parse(out)
  expect(json.records[0]).toMatchObject({
    value: 'by hand',
    stayOut: 1,
    live: { value: 'by hand' },
    timeline: [{ kind: 'base' }, { kind: 'said' }, { kind: 'silent' }, { kind: 'edited', decides: true }],
  })
  const shown = human.out.replaceAll(/\s*\\?\n\s*/g, ' ')
  const flags = /\.(atLatest|decides|current|differs|earlier|contactId)$/
  const missing = leavesOf(json)
    .filter(({ path, text }) => !flags.test(path) && text !== 'null')
    // People tell versions of a rule apart by their beginnings.
    .map(({ path, text }) => ({ path, text: /\.(hash|rule)$/.test(path) ? text.slice(0, 12) : text }))
    .filter(({ text }) => !shown.includes(text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()))
  expect(missing).toEqual([])
  expect(human.out.split('\n').filter((line) => [...line].length > 100)).toEqual([])
  expect(human.out).not.toContain('\u001b')
  expect(human.out.split('\n').filter((line) => line.startsWith('→'))).toHaveLength(1)
})

test('the HTTP answer has the same content', async () => {
  const { out } = await run('why', number, 'plan_wanted', '--json')
  const { createApp } = await import('../../src/http/index.ts')
  const nothing = () => undefined
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
  const app = createApp({ ...world.useCases, log, sandbox: true, findMissing: async () => [] })
  const { key } = await world.useCases.createKey({ name: 'why', actor: world.actor })
  const path = `/v1/contacts/${encodeURIComponent(number)}/fields/plan_wanted`
  const answer = await app.request(path, { headers: { authorization: `Bearer ${key}` } })
  expect(answer.status).toBe(200)
  const texts = (value: unknown) =>
    leavesOf(value)
      .map(({ text }) => text)
      .sort()
  expect(texts(await answer.json())).toEqual(texts(JSON.parse(out)))
  const bad = await app.request(`${path}?limit=0`, { headers: { authorization: `Bearer ${key}` } })
  expect(bad.status).toBe(400)
})

test('--limit is a number, and an unknown field names the nearest', async () => {
  expect(await run('why', number, 'plan_wanted', '--limit', '0')).toMatchObject({ code: 1 })
  const { code, err } = await run('why', number, 'plan_wantet')
  expect([code, err]).toEqual([1, 'error: unknown field "plan_wantet"; did you mean "plan_wanted"?'])
})
