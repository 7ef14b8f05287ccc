import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { readStops, stoppedHold } from '../../src/crm/index.ts'
import { saveStop } from '../../src/crm/stops/store.ts'
import { createLog } from '../../src/log.ts'
import { doctor, kinds } from '../../src/main/index.ts'
import { openCli } from '../cli/open-cli.ts'
import { call } from '../support/conversations.ts'
import { ask, plan } from '../support/items.ts'
import { mappingFor } from '../support/mappings.ts'
import { textField } from '../support/records.ts'
import { startAfterword } from '../support/start-afterword.ts'
import { createWorldOn } from '../support/world.ts'

const world = await createWorldOn(['hubspot', 'salesforce'])
const { db, accounts, hubspot, salesforce } = world
const number = '+14155550132'
const { run } = openCli(world)

for (const account of accounts) account.defineProperties([textField('plan_wanted')])
await ask(world, plan)
const folder = await mkdtemp(path.join(tmpdir(), 'afterword-stopped-'))
afterAll(() => rm(folder, { recursive: true }))
const mappings = accounts.map((account) => mappingFor(account, [{ from: 'plan', to: 'plan_wanted' }]))
// As the workers read them.
await Promise.all(mappings.map((text, place) => writeFile(path.join(folder, `contacts_${place}.yaml`), text)))
await world.useMapping(...mappings)
const ids = accounts.map((account) => account.createContacts([{ properties: { phone: number } }])[0] ?? '')
await world.importCrm()

/** Two processes, as a service that is scaled out has them. */
for (const _ of [1, 2])
  startAfterword(
    'worker',
    { ...world.environment, AFTERWORD_LOG_LEVEL: 'silent', AFTERWORD_MAPPINGS: folder },
    afterAll,
  )

let spoken = 0
/** A conversation that wants to write another plan into both CRMs. */
async function say(wanted: string): Promise<void> {
  spoken += 1
  const id = `c${spoken}`
  await world.take(
    call({ id, at: new Date(Date.now() + spoken * 1000).toISOString(), number, turns: [`I want the ${wanted} plan.`] }),
  )
  await world.useCases.rerunConversation({ conversationId: id, actor: world.actor, reason: 'test' })
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  for (const deadline = Date.now() + 40_000; !(await condition()); await sleep(200))
    if (Date.now() > deadline) throw new Error('it did not come about in 40 s')
}

const held = (place: number) => accounts[place]?.held(ids[place] ?? '').plan_wanted
const pushStop = async (connection: string) => (await readStops(db, connection)).find(({ work }) => work === 'push')

beforeEach(async () => {
  await say('Pro')
  await until(() => held(0) === 'Pro' && held(1) === 'Pro')
}, 60_000)

describe('a CRM that refuses us while we run', () => {
  test('is left alone with its reason told, keeps nobody else waiting, and goes on by itself', async () => {
    hubspot.addFault({ operation: '*', kind: 'status', status: 401, times: 10_000 })
    await say('Team')
    await until(async () => held(1) === 'Team' && (await pushStop('main')) !== undefined)
    expect(held(0)).toBe('Pro')
    // What is under way comes to its end; from then on nobody asks, though every 5 s somebody looks whether there is work.
    const asked = () => accounts[0]?.count('any').calls
    await until(async () => {
      const before = asked()
      await sleep(1_000)
      return asked() === before
    })
    const calls = asked()
    await sleep(6_000)
    expect(asked()).toBe(calls)
    expect(await pushStop('main')).toMatchObject({
      why: expect.stringContaining('HubSpot refuses the token (401)'),
      waits: true,
    })
    expect(await stoppedHold(db, 'main')).toMatchObject({ why: expect.stringContaining('HubSpot refuses the token') })
    const checks = await doctor(parseConfig(world.environment, kinds), createLog('silent'))
    const waiting = 'HubSpot refuses the token'
    expect(checks).toContainEqual({ name: 'push of main', isRight: false, detail: expect.stringContaining(waiting) })
    const { code, out } = await run('crm', 'doctor', 'main')
    expect(code).toBe(1)
    expect(out).toMatch(/WRONG +main +pushes +stand still since .*HubSpot refuses the token/)

    hubspot.endFaults()
    await db
      .updateTable('connection_stops')
      .set({ retry_at: new Date(0) })
      .execute()
    await until(() => held(0) === 'Team')
    await until(async () => (await pushStop('main')) === undefined)
  }, 90_000)

  test('goes on at once on a person’s word', async () => {
    salesforce.configure({ logins: 'refused', sessions: 'refused' })
    await say('Basic')
    await until(async () => held(0) === 'Basic' && (await pushStop('salesforce')) !== undefined)
    expect(await run('push', 'salesforce')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Salesforce refuses the credentials'),
    })
    salesforce.configure({ logins: 'accepted', sessions: 'accepted' })
    expect(await pushStop('salesforce')).toMatchObject({ waits: true })
    expect(await run('push', 'salesforce')).toMatchObject({ code: 0 })
    expect(held(1)).toBe('Basic')
    expect(await pushStop('salesforce')).toBeUndefined()
  }, 90_000)

  test('and not by a push that has nothing to ask it', async () => {
    await sleep(1_000)
    const why = 'refused in a test'
    await saveStop(db, { connection: 'main', work: 'push', code: 'crm.credentials', why })
    expect(await run('push', 'main')).toMatchObject({ code: 0 })
    expect(await pushStop('main')).toMatchObject({ why })
    await say('Team')
    expect(await run('push', 'main')).toMatchObject({ code: 0 })
    expect(held(0)).toBe('Team')
    expect(await pushStop('main')).toBeUndefined()
  }, 90_000)

  test('or by looking at it: crm doctor that finds it right lets it go on', async () => {
    hubspot.configure({ scopes: ['crm.objects.contacts.read', 'crm.schemas.contacts.read'] })
    await say('Team')
    await until(async () => (await pushStop('main')) !== undefined)
    expect((await pushStop('main'))?.why).toContain('it needs crm.objects.contacts.write')
    hubspot.configure({
      scopes: ['read', 'write'].flatMap((each) => [`crm.objects.contacts.${each}`, `crm.schemas.contacts.${each}`]),
    })
    const { out } = await run('crm', 'doctor', 'main')
    expect(out).toMatch(/warning +main +pushes +stand still since .*\n +→ it is asked again now/)
    await until(() => held(0) === 'Team')
  }, 90_000)
})
