import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { closeDb, connect, migrateToLatest, pendingMigrations } from '../../src/db/index.ts'
import { runStatement, urlOf } from '../support/database-server.ts'

const folder = path.join(import.meta.dirname, '../../migrations')
const all = readdirSync(folder).map((file) => path.basename(file, '.ts'))

describe('migrateToLatest', () => {
  test('processes that start together apply every migration once', async () => {
    const url = await emptyDatabase('test_migrate_together')
    const pools = [connect(url), connect(url), connect(url)]
    const applied = await Promise.all(pools.map(migrateToLatest))
    expect(applied.flat()).toEqual(all)
    expect(await Promise.all(pools.map(pendingMigrations))).toEqual([[], [], []])
    await Promise.all(pools.map(closeDb))
  })

  test('an empty database has everything before it, a migrated one nothing', async () => {
    const db = connect(await emptyDatabase('test_migrate_twice'))
    expect(await pendingMigrations(db)).toEqual(all)
    expect(await migrateToLatest(db)).toEqual(all)
    expect(await migrateToLatest(db)).toEqual([])
    await closeDb(db)
  })

  test('a failing migration names itself and leaves nothing behind', async () => {
    const url = await emptyDatabase('test_migrate_failing')
    await runStatement(url, 'create table runs (id int)')
    const db = connect(url)
    await expect(migrateToLatest(db)).rejects.toMatchObject({
      code: 'db.migration_failed',
      message: expect.stringContaining(`${all[0]} cannot be applied`),
    })
    expect(await pendingMigrations(db)).toEqual(all)
    await closeDb(db)
  })
})

async function emptyDatabase(name: string): Promise<string> {
  const server = inject('databaseServer')
  await runStatement(server, `create database ${name}`)
  onTestFinished(async () => {
    await runStatement(server, `drop database ${name} with (force)`)
  })
  return urlOf(server, name)
}
