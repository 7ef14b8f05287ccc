import type { TestProject } from 'vitest/node'
import { closeDb, connect, migrateToLatest, startThrowaway } from '../../src/db/index.ts'
import { jobs } from '../../src/jobs.ts'
import { createLog } from '../../src/log.ts'
import { createQueue } from '../../src/queue/index.ts'
import { runStatement, templateDatabase, urlOf } from './database-server.ts'
import { watchLogs } from './watched-log.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server of this test run; `createTestDatabase` makes databases on it. */
    databaseServer: string
  }
}

/**
 * One server for all test files, and on it one database that theirs are copied from: migrated, and with the queue's own schema,
 * which took every world half of its start.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startThrowaway({ log: createLog('warn') })
  try {
    await runStatement(server.url, `create database ${templateDatabase}`)
    const url = urlOf(server.url, templateDatabase)
    const db = connect(url, { max: 1 })
    await migrateToLatest(db).finally(() => closeDb(db))
    const queue = await createQueue({ url, log: createLog('warn') }, jobs)
    await queue.stop({ drainMs: 0 })
  } catch (error) {
    await server.stop()
    throw error
  }
  project.provide('databaseServer', server.url)
  const readLogs = watchLogs()
  return async () => {
    await server.stop()
    await readLogs()
  }
}
