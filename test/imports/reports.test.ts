import { expect, test } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { takeDueImports } from '../../src/contacts/index.ts'
import { createLog } from '../../src/log.ts'
import { doctor, kinds } from '../../src/main/index.ts'
import { openCli } from '../cli/open-cli.ts'
import { openAppOn } from '../http/open-app.ts'
import { importChanges, openImports } from './imports-world.ts'

const counts = { read: 3, new: 3 }
const left = { 'a number cannot be read': 1, 'the record has neither number nor e-mail': 2 }

test('the last import tells what was left out and why, and what failed, at every door', async () => {
  const world = await openImports('hubspot')
  const { account } = world
  const { run } = openCli(world)
  expect(await run('crm', 'imports')).toMatchObject({ code: 0, out: 'Nothing has been imported yet.' })
  account.createContacts([
    { properties: { phone: '+12125550101' } },
    { properties: { phone: 'ask at the desk' } },
    { properties: { firstname: 'Nobody' } },
  ])
  await importChanges(world)
  account.fail('any', 'refused')
  await expect(importChanges(world)).rejects.toMatchObject({ code: 'crm.credentials' })

  const { out } = await run('crm', 'imports')
  expect(out).toContain('main contacts')
  expect(out).toContain('3 records read, 3 new, 0 changed, 0 gone')
  expect(out).toContain('left out: the record has neither number nor e-mail 2, a number cannot be read 1')
  expect(out).toMatch(/failed \S+, goes on from there: connection main: HubSpot refuses the token/)

  const { call } = await openAppOn(world)
  const answer = await call('GET', '/v1/imports')
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    imports: [
      {
        connection: 'main',
        object: 'contacts',
        last: { of_all: true, records_read: counts.read, records_new: counts.new, records_gone: 0, left_out: left },
        failed: { code: 'crm.credentials' },
        under_way: { records_read: 0 },
      },
    ],
  })

  const checks = await doctor(parseConfig(world.environment, kinds), createLog('error'))
  expect(checks.find(({ name }) => name === 'import main contacts')).toMatchObject({
    isRight: false,
    detail: expect.stringContaining('a number cannot be read: 1'),
  })
  await importChanges(world)
  expect((await run('crm', 'imports')).out).toMatch(/last of changes [\s\S]*last of all /)
})

test('a connection is due when its minutes are over, told to one process only; 0 is never', async () => {
  const { db, config } = await openImports('hubspot')
  expect(config.connections.map(({ name, imports }) => [name, imports.everyMinutes])).toEqual([
    ['main', 5],
    ['local', 0],
  ])
  const due = () => takeDueImports(db, config.connections)
  const told = await Promise.all([due(), due(), due()])
  expect(told.flat()).toEqual(['main'])
  expect(await due()).toEqual([])
  await db
    .updateTable('connections')
    .set({ import_due_at: new Date(Date.now() - 1_000) })
    .execute()
  const never = config.connections.map((each) => ({ ...each, imports: { ...each.imports, everyMinutes: 0 } }))
  expect(await takeDueImports(db, never)).toEqual([])
  expect(await due()).toEqual(['main'])
  expect(await due()).toEqual([])
  const refused = { connection: 'main', work: 'import', code: 'crm.credentials', why: 'the token' }
  await db
    .insertInto('connection_stops')
    .values({ ...refused, retry_at: new Date(Date.now() + 60_000) })
    .execute()
  expect(await due()).toEqual([])
  await db
    .updateTable('connection_stops')
    .set({ retry_at: new Date(Date.now() - 1_000) })
    .execute()
  expect(await due()).toEqual(['main'])
  expect(await takeDueImports(db, never)).toEqual([])
  const [main] = config.connections
  const unknown = main ? [{ ...main, name: 'not_yet' }] : []
  expect(await takeDueImports(db, unknown)).toEqual(['not_yet'])
})
