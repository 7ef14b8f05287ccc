import { expect, test } from 'vitest'
import { openDoor } from '../triggers/door.ts'
import { openCli } from './open-cli.ts'

const { world, crm, say } = await openDoor()
const { run } = openCli(world)

test('trigger asks as a CRM does, waits where it is told to, and shows every field', async () => {
  const recordId = crm.addRecord('+12125550101')
  await say('c1', '+12125550101', '2026-03-03T10:00:00Z', 'Pro')
  const { code, out, err } = await run('trigger', 'main', recordId, '--since', '2026-03-01', '--wait')
  expect(code).toBe(0)
  expect(err).toContain('No worker runs just now')
  expect(out).toMatch(/^trigger_1 \(done\): Reran 1 conversation \(call of 3 March 2026\): 1 field changed\.$/m)
  expect(out).toMatch(/plan_wanted +∅? *\S* +.*Pro/)
  expect(crm.held(recordId)).toBe('Pro')
  const actor = world.db.selectFrom('runs').select('actor').where('kind', '=', 'rerun')
  expect(await actor.execute()).toEqual([{ actor: 'cli:tester' }])

  const json = await run('trigger', 'main', recordId, '--all', '--most', '5', '--json', '--key', 'k')
  expect(JSON.parse(json.out)).toMatchObject({ request: { id: 2, wanted: { conversations: 'all', most: 5 } } })
  const again = await run('trigger', 'main', recordId, '--key', 'k', '--wait')
  expect(again.out).toMatch(/^trigger_2 \(done\): /)
})

test.each([
  [['trigger', 'mian', '101'], 'configured: main'],
  [['trigger', 'main', 'Ada'], 'record_id: is none of HubSpot'],
  [['trigger', 'main', '101', '--since', 'March'], 'a date such as 2026-10-01'],
  [['trigger', 'main', '101', '--most', '0'], 'a whole number from 1 to 200'],
])('%j exits 1 with a hint', async (args, hint) => {
  const { code, err } = await run(...args)
  expect(code).toBe(1)
  expect(err).toContain(hint)
})
