import { expect, onTestFinished, test, vi } from 'vitest'
import { openWeb } from '../../src/main/index.ts'
import { crms } from './crm-sides.ts'
import { openDoor } from './door.ts'

// ENGINE.md section 6, scenario 12: the CRM's own workflow calls us whenever our field changes, by whomever.

test.each(Object.keys(crms) as (keyof typeof crms)[])(
  'a workflow of %s that our write starts ends after one round',
  async (on) => {
    const { world, crm, importCrm, key, trigger, say, modelCalls } = await openDoor({}, { on, atEnd: onTestFinished })
    const web = await openWeb(world)
    onTestFinished(() => web.close())
    crm.callOut(`${web.url}/v1/triggers/${crm.connection}`, { 'x-afterword-key': key })
    const number = '+12125550101'
    const recordId = crm.addRecord(number)
    await importCrm()
    await say('c1', number, '2026-03-03T10:00:00Z', 'Pro')

    const asked = () => world.db.selectFrom('trigger_requests').select(['state', 'message']).orderBy('id').execute()
    await trigger({ record_id: recordId })
    const isQuiet = async () => (await asked()).length >= 2 && (await asked()).every(({ state }) => state === 'done')
    await vi.waitUntil(isQuiet, { timeout: 20_000, interval: 50 })
    await crm.settled()
    expect(await asked()).toEqual([
      { state: 'done', message: 'Reran 1 conversation (call of 3 March 2026): 1 field changed.' },
      { state: 'done', message: 'Reran 1 conversation (call of 3 March 2026): 1 field already right.' },
    ])
    expect(modelCalls()).toBe(1)
    expect(crm.writes()).toBe(1)
    expect(crm.held(recordId)).toBe('Pro')
  },
)
