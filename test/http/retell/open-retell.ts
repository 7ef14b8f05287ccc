import Retell from 'retell-sdk'
import { type HttpDeps, listen } from '../../../src/http/index.ts'
import { createWorld, type World } from '../../support/world.ts'
import { openAppOn, type TestApp } from '../open-app.ts'

export type RetellApp = TestApp & { world: World; client: Retell }

/** The service over HTTP, and the source product's own SDK pointed at it; `fetch` may stand between the two. */
export async function openRetell(
  atEnd: (close: () => Promise<void>) => void,
  {
    instead = {},
    settings = {},
    fetch,
  }: { instead?: Partial<HttpDeps>; settings?: Record<string, string>; fetch?: typeof globalThis.fetch } = {},
): Promise<RetellApp> {
  const world = await createWorld(settings)
  const opened = await openAppOn(world, instead)
  const listening = await listen(opened.app, { host: '127.0.0.1', port: 0 })
  atEnd(() => listening.close())
  const client = new Retell({
    apiKey: opened.key,
    baseURL: listening.url,
    maxRetries: 0,
    ...(fetch && { fetch }),
  })
  return { ...opened, world, client }
}
