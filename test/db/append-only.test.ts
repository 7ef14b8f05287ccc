import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { recordEntry } from '../../src/audit/index.ts'
import { transact } from '../../src/db/index.ts'
import { createTestDatabase } from '../support/database.ts'

const { db } = await createTestDatabase()

test('an audit entry cannot be rewritten', async () => {
  const actor = { kind: 'cli', name: 'test' } as const
  await transact(db, (trx) => recordEntry(trx, { actor, action: 'test.done', subject: { kind: 'test', id: '1' } }))
  const rewrite = db.updateTable('audit_entries').set({ actor: 'cli:somebody else' }).execute()
  await expect(rewrite).rejects.toThrow('audit_entries is append-only')
})

test.each([
  ['analyses', ['fields', 'outcome', 'number', 'config_hash']],
  ['ledger', ['changes', 'run_id', 'record_id']],
])('%s guards what it says', async (table, guarded) => {
  const { rows } = await sql<{ columns: string[] }>`
    select array_agg(attname::text) as columns
    from pg_trigger
    join pg_attribute on attrelid = tgrelid and attnum = any(tgattr)
    where tgname = ${`${table}_append_only`}
  `.execute(db)
  expect(rows[0]?.columns).toEqual(expect.arrayContaining(guarded))
})
