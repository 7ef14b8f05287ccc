import { promises as fs } from 'node:fs'
import path from 'node:path'
import { FileMigrationProvider, Migrator } from 'kysely/migration'
import { AppError } from '../errors.ts'
import type { Db } from './connect.ts'

const migrationFolder = path.join(import.meta.dirname, '../../migrations')

/**
 * Brings the database to the newest migration, all steps in one transaction, and returns the names of those applied.
 * Any number of processes may ask at once: they wait for the first under a lock. Throws `db.migration_failed`.
 */
export async function migrateToLatest(db: Db): Promise<string[]> {
  const { error, results = [] } = await migrator(db).migrateToLatest()
  if (error !== undefined) {
    const failed = results.find((result) => result.status === 'Error')?.migrationName ?? 'the set of migrations'
    throw new AppError('db.migration_failed', 'stop', `${failed} cannot be applied: ${reason(error)}`, { cause: error })
  }
  return results.map((result) => result.migrationName)
}

/** Names of the migrations that this program knows and the database has not seen, oldest first. */
export async function pendingMigrations(db: Db): Promise<string[]> {
  const migrations = await migrator(db).getMigrations()
  return migrations.filter((migration) => migration.executedAt === undefined).map((migration) => migration.name)
}

function migrator(db: Db): Migrator {
  return new Migrator({ db, provider: new FileMigrationProvider({ fs, path, migrationFolder }) })
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
