import { expect, test } from 'vitest'
import { createKey, listKeys, revokeKey, verifyKey } from '../../src/http/index.ts'
import { createTestDatabase } from '../support/database.ts'

const { db } = await createTestDatabase()
const actor = { kind: 'cli', name: 'test' } as const

test('a key is verified as its name, and stored as a hash only', async () => {
  const made = await createKey({ db }, { name: 'ops', actor })
  expect(await verifyKey({ db }, made.key)).toMatchObject({ id: made.id, name: 'ops' })
  const rows = await db.selectFrom('api_keys').selectAll().execute()
  const secret = made.key.split('_').slice(2).join('_')
  expect(JSON.stringify(rows)).not.toContain(secret)
  expect(JSON.stringify(await listKeys({ db }))).not.toContain(rows[0]?.hash)
})

test.each([
  ['another secret', (key: string) => `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`],
  ['another id', (key: string) => key.replace(/^aw_\d+/, 'aw_999999')],
  ['a longer one', (key: string) => `${key}x`],
  ['none at all', () => ''],
])('%s is no key', async (name, change) => {
  const { key } = await createKey({ db }, { name, actor })
  expect(await verifyKey({ db }, change(key))).toBeUndefined()
})

test('a revoked key ends at once, its name is not given again, and both are audited', async () => {
  const { key } = await createKey({ db }, { name: 'leaver', actor })
  await revokeKey({ db }, { name: 'leaver', actor })
  expect(await verifyKey({ db }, key)).toBeUndefined()
  await expect(revokeKey({ db }, { name: 'leaver', actor })).rejects.toMatchObject({ status: 404 })
  await expect(createKey({ db }, { name: 'leaver', actor })).rejects.toMatchObject({ code: 'key.name_taken' })
  const entries = await db
    .selectFrom('audit_entries')
    .select(['action', 'actor'])
    .where('subject_id', '=', 'leaver')
    .orderBy('id')
    .execute()
  expect(entries).toEqual([
    { action: 'key.created', actor: 'cli:test' },
    { action: 'key.revoked', actor: 'cli:test' },
  ])
})

test('the last use is noted once a minute', async () => {
  const { key, id } = await createKey({ db }, { name: 'busy', actor })
  const lastUsed = async () => (await listKeys({ db })).find((one) => one.id === id)?.lastUsedAt
  expect(await lastUsed()).toBeNull()
  await verifyKey({ db }, key)
  const first = await lastUsed()
  expect(first).toEqual(expect.any(Date))
  await verifyKey({ db }, key)
  expect(await lastUsed()).toEqual(first)
  const before = new Date(Date.now() - 61_000)
  await db.updateTable('api_keys').set({ last_used_at: before }).where('id', '=', id).execute()
  await verifyKey({ db }, key)
  expect((await lastUsed())?.getTime()).toBeGreaterThan(before.getTime())
})
