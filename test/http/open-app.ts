import type { Actor } from '../../src/audit/index.ts'
import type { Db } from '../../src/db/index.ts'
import { createApp, type HttpDeps } from '../../src/http/index.ts'
import type { Log } from '../../src/log.ts'
import type { Model } from '../../src/model/index.ts'
import type { ModelSandbox } from '../../src/sandbox/index.ts'
import { createWorld, type World } from '../support/world.ts'

type Line = Record<string, unknown>

export type TestApp = {
  app: ReturnType<typeof createApp>
  db: Db
  sandbox: ModelSandbox
  model: Model
  /** Log lines so far. */
  lines: Line[]
  key: string
  /** A request with the key; a body that is no text goes as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>
}

const tester: Actor = { kind: 'cli', name: 'test' }

/** The real app on a whole installation with sandbox vendors; `instead` puts other use cases in the place of some. */
export async function openApp(instead: Partial<HttpDeps> = {}): Promise<TestApp> {
  return openAppOn(await createWorld(), instead)
}

/** The same on a world of the test's own. */
export async function openAppOn(world: World, instead: Partial<HttpDeps> = {}): Promise<TestApp> {
  const { db, models, model, useCases } = world
  model.pace.backoffMs = 1
  const lines: Line[] = []
  const note = (fields: Line) => void lines.push(fields)
  const log: Log = { debug: note, info: note, warn: note, error: note }
  const app = createApp({ ...useCases, log, sandbox: true, findMissing: async () => [], ...instead })
  const { key } = await useCases.createKey({ name: 'tester', actor: tester })
  const call: TestApp['call'] = async (method, path, body, headers = {}) =>
    app.request(path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && typeof body !== 'string' && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  return { app, db, sandbox: models, model, lines, key, call }
}
