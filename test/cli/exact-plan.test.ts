import { beforeAll, expect, test } from 'vitest'
import { workOn } from '../support/backfills.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { useRules } from '../support/mappings.ts'
import { addContact, textField } from '../support/records.ts'
import { createWorld } from '../support/world.ts'
import { openCli } from './open-cli.ts'

const world = await createWorld()
const { run } = openCli(world)
const number = '+12125550251'

beforeAll(async () => {
  world.hubspot.defineProperties([textField('plan_wanted')])
  await ask(world, plan)
  await useRules(world)
  await addContact(world, { properties: { phone: number }, at: '2025-01-15T09:00:00Z' })
  await world.take(call({ id: 'call_1', at: '2025-04-10T10:00:00Z', number, turns: ['I want the Pro plan.'] }))
  await world.rerun('call_1')
  await useRules(world, { from: 'plan', to: 'plan_wanted' })
})

test('a plan of mappings only shows what would change, its digest and how to start it', async () => {
  const { code, out } = await run(
    'backfill',
    'plan',
    '--mapping-only',
    '--fields',
    'plan_wanted',
    '--reason',
    'a new field',
  )
  expect(code).toBe(0)
  expect(out).toContain(
    'model      none is asked: what is stored goes through plan_wanted; 0 conversations not analysed',
  )
  expect(out).toMatch(/plan {7}1 change of 1 record; digest [0-9a-f]{12}, good until /)
  expect(out).toMatch(/contact_1, record \d+ in main\n.*\n.*\n {2}plan_wanted +(empty|\S*) +Pro +write +call_1/)
  expect(out).toContain('decisions  main: write 1')
  expect(out).toContain('To run exactly this:  afterword backfill start 1 --wait')
})

test('the same again, and as JSON, a record a line', async () => {
  expect((await run('backfill', 'plan', '--show', '1')).out).toContain('1 change of 1 record')
  const lines = (await run('backfill', 'plan', '--show', '1', '--json')).out.split('\n').map((line) => JSON.parse(line))
  expect(lines).toMatchObject([
    { backfill: { id: 1, kind: 'mapping' }, plan: { totals: { changes: 1 } } },
    { steps: ['number'], cells: [{ field: 'plan_wanted', before: null, after: 'Pro' }] },
  ])
})

test('--fields without --mapping-only, and a field that there is not, are refused with what would be right', async () => {
  const stray = await run('backfill', 'plan', '--fields', 'plan_wanted', '--reason', 'x')
  expect(stray).toMatchObject({ code: 1, err: 'error: --fields goes with --mapping-only' })
  const wrong = await run('backfill', 'plan', '--mapping-only', '--fields', 'plan_wantd', '--reason', 'x')
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('did you mean "plan_wanted"?') })
})

test('--replan without the id of a plan is refused: nothing is planned, nothing started', async () => {
  const refused = await run('backfill', 'start', '--replan', '--mapping-only', '--reason', 'x')
  expect(refused).toEqual({ code: 1, out: '', err: 'error: --replan goes with the id of a plan' })
  expect((await run('backfill', 'status', '2')).code).toBe(1)
})

test('a plan whose rules have changed is refused, and planned again with --replan', async () => {
  await useRules(world, { from: 'plan', to: 'plan_wanted', mode: 'fill_if_empty' })
  const refused = await run('backfill', 'start', '1')
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('afterword backfill start 1 --replan') })
  const again = await run('backfill', 'start', '1', '--replan')
  expect(again.out).toContain('To run exactly this:  afterword backfill start 2 --wait')
  expect((await run('backfill', 'start', '2')).code).toBe(0)
  await workOn(world, 2)
  await world.push()
})

test('an undo is planned without writing, and told with what became of every cell', async () => {
  const planned = await run('backfill', 'undo', '2', '--plan')
  expect(planned.out).toMatch(/plan_wanted +Pro .* retract/)
  expect(planned.out).toContain(
    'It would come to this; nothing was written.\nrestored   1 cell\nleft       0 cells: none',
  )
  const pushed = setTimeout(() => void world.push(), 500)
  const undone = await run('backfill', 'undo', '2', '--wait')
  clearTimeout(pushed)
  expect(undone.out).toMatch(/plan_wanted +Pro .* retract/)
  expect(undone.out).toContain('restored   1 cell')
  expect(undone.err).toContain('No worker runs just now')
  const twice = await run('backfill', 'undo', '2', '--plan')
  expect(twice).toMatchObject({ code: 1, err: expect.stringContaining('undone already') })
})
