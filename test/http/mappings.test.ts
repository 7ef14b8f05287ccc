import { expect, test } from 'vitest'
import { kinds } from '../../src/main/index.ts'
import { loadMappingFolders, parseMapping } from '../../src/mapping/index.ts'
import { activateMappings } from '../../src/sync/index.ts'
import { openApp } from './open-app.ts'

const { call, db } = await openApp()

test('a mapping is listed with its owner, what it is for and its templates', async () => {
  const text = `
version: 1
crm: hubspot
connection: main
owner: sales ops
description: What sales reads
object: contacts
match: [{ email: metadata.email }]
fields:
  - { template: "{{plan}} ({{$url}})", to: wish, owner: Ada, description: To call back }
  - { from: plan, to: plan_wanted }
`
  const parsed = parseMapping(text, 'sales.yaml')
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
  await activateMappings({ db }, [parsed.mapping], { kind: 'cli', name: 'test' })
  const { hash } = await db
    .selectFrom('mapping_files')
    .select('hash')
    .where('active', '=', true)
    .executeTakeFirstOrThrow()
  expect(await (await call('GET', '/v1/mappings')).json()).toEqual({
    checked_at: null,
    problems: [],
    items: [
      {
        name: 'sales',
        path: 'sales.yaml',
        hash,
        crm: 'hubspot',
        connection: 'main',
        object: 'contacts',
        write: true,
        owner: 'sales ops',
        description: 'What sales reads',
        fields: [
          {
            from: ['plan', '$url'],
            template: '{{plan}} ({{$url}})',
            field: 'wish',
            to: 'wish',
            mode: 'overwrite',
            line: 10,
            owner: 'Ada',
            description: 'To call back',
          },
          { from: ['plan'], field: 'plan', to: 'plan_wanted', mode: 'overwrite', line: 11, owner: 'sales ops' },
        ],
      },
    ],
  })
})

test('mappings in force are listed, and what is marked is pushed', async () => {
  const { mappings } = await loadMappingFolders(['mappings'], kinds)
  await activateMappings({ db }, mappings, { kind: 'cli', name: 'test' })
  expect(await (await call('GET', '/v1/mappings')).json()).toMatchObject({
    items: [
      {
        name: 'contacts',
        crm: 'hubspot',
        fields: expect.arrayContaining([expect.objectContaining({ mode: 'overwrite' })]),
      },
    ],
  })
  expect(await (await call('POST', '/v1/push')).json()).toEqual({
    connections: { main: { records: 0, written: 0, calls: { read: 0, history: 0, write: 0 }, hold: null } },
  })
})
