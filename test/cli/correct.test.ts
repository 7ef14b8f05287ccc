import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { call } from '../support/conversations.ts'
import { ask, goal, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorld, type World } from '../support/world.ts'
import { openCli } from './open-cli.ts'

const world = await createWorld()
const { run } = openCli(world)
world.account.defineProperties([textField('plan_wanted'), textField('customer_goal')])
await useRules(world, { from: 'plan', to: 'plan_wanted' }, { from: 'goal', to: 'customer_goal' })
await ask(world, plan, goal(3))

async function called(number: string) {
  const id = await addContact(world, { properties: { phone: number } })
  const turns = ['I want the Pro plan.', 'Good.', 'My goal is a quiet office.']
  await world.take(call({ id: number, at: '2025-04-10T10:00:00Z', number, turns }))
  return id
}

test('a correction is told with every field that follows; with --wait it is pushed, also without a worker', async () => {
  const number = '+12125550101'
  const id = await called(number)
  await world.rerun(number)
  const told = await run('correct', number, 'plan', 'Team', '--reason', 'heard it')
  expect(told).toMatchObject({ code: 0, err: '' })
  expect(told.out).toMatch(/plan "Pro" → "Team" \(run \d+\)/)
  expect(told.out).toMatch(/plan_wanted +Pro +Team +write/)
  expect(told.out).toContain('not pushed yet')
  expect(world.held(id)).toMatchObject({ plan_wanted: 'Pro' })
  const waited = await run('correct', number, 'plan', '--json', '"Basic"', '--wait')
  expect(waited.out).toMatch(/plan_wanted +Pro +Basic +write/)
  expect(waited.out).not.toContain('not pushed yet')
  expect(world.held(id)).toMatchObject({ plan_wanted: 'Basic' })
  const emptied = await run('correct', number, 'plan', '--empty', '--wait')
  expect(emptied.out).toMatch(/"Basic" → null/)
  expect(world.held(id).plan_wanted).toBeUndefined()
  const withdrawn = await run('correct', number, 'plan', '--withdraw', '--wait')
  expect(withdrawn.out).toMatch(/the correction of plan by run \d+ is withdrawn \(run \d+\)/)
  expect(world.held(id)).toMatchObject({ plan_wanted: 'Basic' })
})

test('with --wait only the connection of its records is pushed, and a CRM that is down is told, not waited for', async () => {
  const number = '+12125550104'
  const id = await called(number)
  await world.rerun(number)
  const asked: unknown[] = []
  const useCases: World['useCases'] = {
    ...world.useCases,
    pushRecords: (input) => {
      asked.push(input.connection)
      return world.useCases.pushRecords(input)
    },
  }
  const watched = openCli({ ...world, useCases })
  world.account.fail('any', 'error', 1_000)
  const told = await watched.run('correct', number, 'plan', 'Team', '--wait')
  world.account.recover()
  expect(told).toMatchObject({ code: 0, err: expect.stringMatching(/^error: /) })
  expect(told.out).toMatch(/plan_wanted +Pro +Team +write/)
  expect(told.out).not.toContain('--wait')
  expect(asked).toEqual(['main'])
  expect((await watched.run('correct', number, 'plan', 'Basic', '--wait')).err).toBe('')
  expect(world.held(id)).toMatchObject({ plan_wanted: 'Basic' })
})

test('a correction that reaches no field says so', async () => {
  const number = '+12125550102'
  await called(number)
  expect((await run('correct', number, 'plan', 'Team')).out).toMatch(/plan_wanted +.*silent +not_released/)
  expect((await run('correct', number, 'call_summary', 'Short.')).out).toContain('no CRM field follows')
})

await world.take(call({ id: 'refusals', at: '2025-04-10T10:00:00Z', turns: ['Hello.'] }))

test.each([
  [['plan'], 'give one of a value, --empty, --json <value> or --withdraw'],
  [['plan', 'Pro', '--empty'], 'give one of'],
  [['plan', '--json', '{oops'], '--json takes JSON'],
  [['plan', 'Gold'], 'plan takes one of: Basic, Pro, Team'],
  [['plann', 'Pro'], 'did you mean "plan"'],
  [['plan', '--withdraw'], 'there is no correction of plan in conversation'],
])('correct %j exits 1 and says why', async (args, message) => {
  const { code, err } = await run('correct', 'refusals', ...args)
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining(message) })
})

test('a preview tells what would change and how to keep it; kept, it counts', async () => {
  await called('+12125550103')
  await world.rerun('+12125550103')
  await ask(world, plan, goal(6))
  const { code, out } = await run('rerun', '+12125550103', '--preview')
  expect(code).toBe(0)
  expect(out).toMatch(/goal +"My goal is" +"My goal is a quiet office"/)
  expect(out).toMatch(/customer_goal +My goal is +My goal is a quiet office +write/)
  const [, number = ''] = /afterword keep \+12125550103 (\d+)/.exec(out) ?? []
  const kept = await run('keep', '+12125550103', number, '--reason', 'better')
  expect(kept.out).toMatch(/from the cache, no model call[\s\S]*kept by run \d+/)
  expect(JSON.parse((await run('keep', '+12125550103', number, '--json')).out)).toMatchObject({ outcome: 'ok' })
  expect(await run('keep', '+12125550103', '99')).toMatchObject({
    code: 1,
    err: 'error: there is no analysis 99 of conversation +12125550103',
  })
  expect((await run('rerun', '+12125550103', '--preview')).out).toContain('every item says what it says now')
})

test("import takes the vendor's analysis where it is told to", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'afterword-vendor-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = path.join(folder, 'calls.jsonl')
  const object = call({ id: 'by_vendor', at: '2025-04-10T10:00:00Z', turns: ['Hello.'] })
  await writeFile(file, JSON.stringify({ ...object, call_analysis: { call_summary: 'Hello was said.' } }))
  expect((await run('import', file, '--use-vendor-analysis')).code).toBe(0)
  expect(await world.useCases.currentAnalysis('by_vendor')).toMatchObject({ model: 'vendor' })
})
