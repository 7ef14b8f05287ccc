import Retell from 'retell-sdk'
import { afterAll } from 'vitest'
import { listen } from '../../../src/http/index.ts'
import { createWorld, type World } from '../../support/world.ts'
import { openAppOn, type TestApp } from '../open-app.ts'

/** A whole installation behind HTTP, and the source product's own SDK pointed at it. It tries nothing twice. */
export async function openSdk(): Promise<World & TestApp & { client: Retell; url: string }> {
  const world = await createWorld()
  const app = await openAppOn(world)
  const server = await listen(app.app, { host: '127.0.0.1', port: 0 })
  afterAll(() => server.close())
  const client = new Retell({ apiKey: app.key, baseURL: server.url, maxRetries: 0, logLevel: 'off' })
  return { ...world, ...app, client, url: server.url }
}
